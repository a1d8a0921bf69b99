import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit, ofKind } from '../../selectors.ts';

const PREFIX = 'pod-security.kubernetes.io';
const LEVELS = ['privileged', 'baseline', 'restricted'];

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const podSecurityLevel: Rule = {
  id: 'enforce/pod-security-level',
  area: 'enforce',
  severity: 'error',
  title: 'A namespace is as strict as declared',
  why: 'A weaker level, or an older version of it, admits pods that zero-trust.yaml says are refused.',
  fix: 'Set the labels as zero-trust.yaml and the components declare them; only namespaces with a reason may be privileged.',
  *check(model) {
    for (const object of ofKind(model, '/Namespace')) yield* problemsOf(model, object);
  },
};

function* problemsOf(model: Model, object: KubernetesObject): Generator<Hit> {
  const declared = model.declared.namespaces.find((one) => one.name === object.name);
  const say = (label: string, message: string) =>
    hit(object, ['metadata', 'labels', label], `${nameOf(object)}: ${label} ${message}`);
  for (const mode of ['enforce', 'audit', 'warn'] as const) {
    const label = `${PREFIX}/${mode}`;
    const level = object.labels[label];
    const wanted = declared?.podSecurity[mode] ?? (mode === 'enforce' ? 'baseline' : 'privileged');
    // No label of enforce at all is a finding of its own.
    if (level === undefined ? mode !== 'enforce' && wanted !== 'privileged' : rank(level) < rank(wanted))
      yield say(
        label,
        `is ${level ?? 'missing'}, ${declared ? 'declared is' : 'at least it must be'} ${wanted}`,
      );
  }
  const version = object.labels[`${PREFIX}/enforce-version`];
  if (declared && version !== undefined && isOlder(version, declared.podSecurity.version))
    yield say(`${PREFIX}/enforce-version`, `is ${version}, declared is ${declared.podSecurity.version}`);
}

const rank = (level: string) => LEVELS.indexOf(level);
/** `latest` is as new as can be. */
const isOlder = (one: string, other: string) => {
  const minor = (version: string) =>
    version === 'latest' ? Infinity : Number(/^v1\.(\d+)$/.exec(version)?.[1] ?? -1);
  return minor(one) < minor(other);
};
