import type { Service } from '../blueprint/service.ts';
import type { Component } from '../types/catalog.ts';
import type { SecretPlan } from '../types/plan.ts';

export const SECRETS_PATH = 'security/secrets';

/** Every Secret that a service or component reads; `sealed` names those whose ciphertext is or will be in the repository. */
export function planSecrets(
  services: Service[],
  components: Component[],
  sealed: ReadonlySet<string>,
): SecretPlan[] {
  const secrets = new Map<string, SecretPlan>();
  const add = (namespace: string, name: string, keys: string[], reader: string, why: string) => {
    const id = `${namespace}/${name}`;
    const known = secrets.get(id) ?? {
      name,
      namespace,
      keys: [],
      usedBy: [],
      why,
      path: `${SECRETS_PATH}/${id}.secret.yaml`,
      sealed: sealed.has(id),
    };
    known.keys = [...new Set([...known.keys, ...keys])];
    known.usedBy = [...new Set([...known.usedBy, reader])];
    secrets.set(id, known);
  };
  for (const component of components) {
    for (const one of component.secrets) add(one.namespace, one.name, one.keys, component.label, one.why);
  }
  for (const service of services) {
    for (const one of [
      ...service.secrets,
      ...(service.versions ?? []).flatMap((version) => version.secrets ?? []),
    ]) {
      add(service.namespace, one.name, one.keys, service.name, `read by ${service.name}`);
    }
  }
  return [...secrets.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
