#!/bin/sh
# Makes the cluster gke on GKE, with what the control plane must have before GitOps starts:
# encryption of Secrets with a key of your own, network policies that are enforced, identities for workloads, logs.
#
#   PROJECT=my-project LOCATION=europe-west1 KEY=projects/…/locations/…/keyRings/…/cryptoKeys/… sh bootstrap/gke.sh
#
# docs/bootstrap.md says how to make the key, and what to do for a cluster that is there already.
set -eu

: "${PROJECT:?the project}" "${LOCATION:?a region}" "${KEY:?the key in Cloud KMS, in the same region}"

gcloud container clusters create 'gke' \
  --project="$PROJECT" \
  --location="$LOCATION" \
  --cluster-version='1.36' \
  --release-channel=regular \
  --database-encryption-key="$KEY" \
  --enable-dataplane-v2 \
  --enable-ip-alias \
  --enable-private-nodes \
  --gateway-api=standard \
  --workload-pool="$PROJECT.svc.id.goog" \
  --workload-metadata=GKE_METADATA \
  --enable-shielded-nodes \
  --shielded-secure-boot \
  --shielded-integrity-monitoring \
  --no-enable-basic-auth \
  --no-issue-client-certificate \
  --logging=SYSTEM,WORKLOAD,API_SERVER \
  --num-nodes=1
