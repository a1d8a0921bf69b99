#!/bin/sh
# Prints an EncryptionConfiguration with a new random key, so that Secrets lie encrypted in etcd.
# docs/bootstrap.md has the command, which sends the output to a file that only root can read, never into this repository.
# Never send it over a file that is there: its key belongs to a running cluster, whose Secrets nobody could read any more.
# Every control-plane node needs the same file. Keep a copy in your vault: without the key, the Secrets in etcd are lost.
# The first argument names the key (default: the time in UTC); a name must not be used twice.
set -eu

name=${1:-key-$(date -u +%Y%m%d%H%M%S)}
key=$(head -c 32 /dev/urandom | base64)

# The first key encrypts, all of them decrypt; identity reads what was stored before encryption was switched on.
cat <<END
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources:
      - secrets
    providers:
      - secretbox:
          keys:
            - name: $name
              secret: $key
      - identity: {}
END
