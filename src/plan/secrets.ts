import type { Service } from '../blueprint/service.ts';
import type { Component, InputValue } from '../types/catalog.ts';
import type { SecretPlan } from '../types/secret-plan.ts';
import { interpolate } from './interpolate.ts';

export const SECRETS_PATH = 'security/secrets';
/** The key of a Secret with which nodes pull images: no other key is beside it, and no random value does. */
const PULL_KEY = '.dockerconfigjson';

interface Wanted {
  services: Service[];
  components: Component[];
  /** `namespace/name` of those whose ciphertext is or will be in the repository. */
  sealed: ReadonlySet<string>;
  inputs: Record<string, InputValue | null>;
  cluster: string;
}

/** Every Secret that a service or component reads, and how its value gets to the cluster. */
export function planSecrets(wanted: Wanted): SecretPlan[] {
  const secrets = new Map<string, SecretPlan>();
  const add = (
    one: { namespace: string; name: string; keys: string[]; optional?: boolean | undefined },
    reader: string,
    restart: string[],
    why: string,
    generate: boolean,
  ) => {
    const { namespace, name, optional = false } = one;
    const id = `${namespace}/${name}`;
    const known = secrets.get(id) ?? {
      name,
      namespace,
      keys: [],
      type: 'Opaque' as const,
      generate,
      optional,
      usedBy: [],
      restart: [],
      why,
      ...kept({ namespace, name }, wanted),
    };
    known.keys = [...new Set([...known.keys, ...one.keys])];
    if (known.keys.includes(PULL_KEY)) known.generate = false;
    known.type = known.keys.join() === PULL_KEY ? 'kubernetes.io/dockerconfigjson' : 'Opaque';
    known.optional &&= optional;
    known.usedBy = [...new Set([...known.usedBy, reader])];
    known.restart = [...new Set([...known.restart, ...restart])];
    secrets.set(id, known);
  };
  for (const component of wanted.components) {
    for (const one of component.secrets.filter((item) => !item.input || wanted.inputs[item.input]))
      add(one, one.reader, one.restart ? [one.restart] : [], one.why, one.generate ?? false);
  }
  for (const service of wanted.services) {
    const { namespace, name, versions = [] } = service;
    for (const one of [...service.secrets, ...versions.flatMap((version) => version.secrets ?? [])]) {
      add({ ...one, namespace }, name, running(service), `read by ${name}`, true);
    }
  }
  return [...secrets.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every Secret's readers, each once, in the order of the Secrets. */
export function secretReaders(secrets: SecretPlan[]): { namespace: string; workload: string }[] {
  const all = secrets.flatMap(({ namespace, restart }) =>
    restart.map((workload) => [`${namespace}/${workload}`, { namespace, workload }] as const),
  );
  return [...new Map(all).values()];
}

/** What the service runs all the time; a Job reads its Secrets anew each time. */
function running({ kind, name, versions }: Service): string[] {
  if (kind.endsWith('Job')) return [];
  const names = versions?.map((version) => `${name}-${version.name}`) ?? [name];
  return names.map((one) => `${kind.toLowerCase()}/${one}`);
}

type Kept = Pick<SecretPlan, 'path' | 'sealed' | 'referred' | 'command'>;

/** The repository holds a Secret's ciphertext, or, where values are kept in a store, what names it there. */
function kept(
  secret: { namespace: string; name: string },
  { components, sealed, inputs, cluster }: Wanted,
): Kept {
  const id = `${secret.namespace}/${secret.name}`;
  const refer = components.find((one) => one.refer)?.refer;
  if (!refer)
    return {
      path: `${SECRETS_PATH}/${id}.secret.yaml`,
      sealed: sealed.has(id),
      referred: false,
      command: '',
    };
  return {
    path: `${SECRETS_PATH}/${id}.yaml`,
    sealed: false,
    referred: Boolean(inputs[refer.needs]),
    command: interpolate(refer.command, { ...inputs, ...secret, cluster }),
  };
}
