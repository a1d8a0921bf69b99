import type { Service } from '../blueprint/service.ts';
import type { Component, InputValue } from '../types/catalog.ts';
import type { SecretPlan } from '../types/plan.ts';

export const SECRETS_PATH = 'security/secrets';

/** Every Secret that a service or component reads; `sealed` names those whose ciphertext is or will be in the repository. */
export function planSecrets(
  services: Service[],
  components: Component[],
  inputs: Record<string, InputValue | null>,
  sealed: ReadonlySet<string>,
): SecretPlan[] {
  const secrets = new Map<string, SecretPlan>();
  const add = (
    one: { namespace: string; name: string; keys: string[] },
    reader: string,
    why: string,
    generate: boolean,
  ) => {
    const { namespace, name } = one;
    const id = `${namespace}/${name}`;
    const path = `${SECRETS_PATH}/${id}.secret.yaml`;
    const known = secrets.get(id) ?? {
      name,
      namespace,
      keys: [],
      generate,
      usedBy: [],
      why,
      path,
      sealed: sealed.has(id),
    };
    known.keys = [...new Set([...known.keys, ...one.keys])];
    known.usedBy = [...new Set([...known.usedBy, reader])];
    secrets.set(id, known);
  };
  for (const component of components) {
    for (const one of component.secrets.filter((item) => !item.input || inputs[item.input]))
      add(one, component.label, one.why, one.generate ?? false);
  }
  for (const service of services) {
    const { namespace, name, versions = [] } = service;
    for (const one of [...service.secrets, ...versions.flatMap((version) => version.secrets ?? [])]) {
      add({ ...one, namespace }, name, `read by ${name}`, true);
    }
  }
  return [...secrets.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
