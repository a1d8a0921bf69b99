#!/bin/sh
# Makes the cluster gke on GKE, with what must be there before GitOps starts: a way out for nodes without public addresses,
# encryption of Secrets with a key of your own, an account for nodes that may do little, an API server that answers known networks alone, network policies
# that are enforced, identities for workloads, logs.
#
#   PROJECT=my-project LOCATION=europe-west1 KEY=projects/…/locations/…/keyRings/…/cryptoKeys/… ADMINS=192.0.2.0/24 sh bootstrap/gke.sh
#
# docs/bootstrap.md says how to make the key, and what to do for a cluster that is there already. After a failure, run it again.
set -eu

: "${PROJECT:?the project}" "${LOCATION:?a region}" "${KEY:?the key in Cloud KMS, in the same region}"
: "${ADMINS:?the networks from which people ask the API server, with commas, for example 192.0.2.0/24,198.51.100.7/32}"
# Another network than `default`, and its subnet in that region: export both before.
: "${NETWORK:=default}" "${SUBNET:=$NETWORK}"

# Nodes are private: without Cloud NAT no image is pulled, and nothing outside is reached. One fixed address, by which others know the cluster.
# Where the network has Cloud NAT in this region already, take these three out.
gcloud compute addresses describe 'gke-nat' --project="$PROJECT" --region="$LOCATION" > /dev/null 2>&1 ||
  gcloud compute addresses create 'gke-nat' --project="$PROJECT" --region="$LOCATION"
gcloud compute routers describe 'gke' --project="$PROJECT" --region="$LOCATION" > /dev/null 2>&1 ||
  gcloud compute routers create 'gke' --project="$PROJECT" --region="$LOCATION" --network="$NETWORK"
gcloud compute routers nats describe 'gke' --project="$PROJECT" --region="$LOCATION" --router='gke' > /dev/null 2>&1 ||
  gcloud compute routers nats create 'gke' --project="$PROJECT" --region="$LOCATION" --router='gke' \
    --nat-external-ip-pool='gke-nat' --nat-all-subnet-ip-ranges

# Nodes run as an account of their own, which may pull from Artifact Registry only where you say so: docs/images-and-sources.md. The project's default
# account may often change everything in the project, and so could whoever takes over a node. An account's name has 30 characters at most.
NODES=$(printf '%.24s-nodes' 'gke')
ACCOUNT="$NODES@$PROJECT.iam.gserviceaccount.com"
gcloud iam service-accounts describe "$ACCOUNT" --project="$PROJECT" > /dev/null 2>&1 ||
  gcloud iam service-accounts create "$NODES" --project="$PROJECT" --display-name='nodes of gke'
gcloud projects add-iam-policy-binding "$PROJECT" --member="serviceAccount:$ACCOUNT" \
  --role=roles/container.defaultNodeServiceAccount --condition=None > /dev/null

# One node in each of three zones. The platform's own pods request up to 3 CPUs and 9 GiB of memory together, those of services come on top:
# GKE's default, e2-medium, would leave some Pending. Raise --num-nodes or the machine type as services grow.
gcloud container clusters create 'gke' \
  --project="$PROJECT" \
  --location="$LOCATION" \
  --network="$NETWORK" \
  --subnetwork="$SUBNET" \
  --cluster-version='1.36' \
  --release-channel=regular \
  --machine-type=e2-standard-4 \
  --num-nodes=1 \
  --service-account="$ACCOUNT" \
  --database-encryption-key="$KEY" \
  --enable-dataplane-v2 \
  --enable-ip-alias \
  --enable-private-nodes \
  --enable-master-authorized-networks \
  --master-authorized-networks="$ADMINS" \
  --no-enable-google-cloud-access \
  --gateway-api=standard \
  --workload-pool="$PROJECT.svc.id.goog" \
  --workload-metadata=GKE_METADATA \
  --enable-shielded-nodes \
  --shielded-secure-boot \
  --shielded-integrity-monitoring \
  --no-enable-basic-auth \
  --no-issue-client-certificate \
  --logging=SYSTEM,WORKLOAD,API_SERVER
