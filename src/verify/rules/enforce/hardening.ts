import type { Hit, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import {
  containersOf,
  dig,
  hit,
  records,
  templatesOf,
  texts,
  type Path,
  type PodTemplate,
} from '../../selectors.ts';
import { serviceOf } from '../select/find.ts';

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted, and a read-only root file system. */
export const hardening: Rule = {
  id: 'enforce/hardening',
  area: 'enforce',
  severity: 'error',
  title: 'Containers have no more than they need',
  why: 'Pods that do not say so are refused by the namespace, or run with rights that nobody asked for.',
  fix: 'Set runAsNonRoot, seccompProfile RuntimeDefault, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true and drop [ALL].',
  *check(model) {
    const strict = new Set(
      model.declared.namespaces
        .filter((one) => one.kind !== 'app' || one.podSecurity.enforce === 'restricted')
        .map((one) => one.name),
    );
    for (const template of templatesOf(model))
      if (strict.has(template.object.namespace) || serviceOf(model, template.object))
        yield* lacks(model, template);
  },
};

/** Services that declare it, and what the platform lets look at its nodes. */
const mayBeRootIn = (model: Model, { object, spec }: PodTemplate) =>
  serviceOf(model, object)?.root != null ||
  (model.declared.namespaces.some(
    (one) => one.name === object.namespace && one.kind !== 'app' && one.podSecurity.enforce === 'privileged',
  ) &&
    (spec['hostPID'] === true || records(spec['volumes']).some((one) => one['hostPath'])));

function* lacks(model: Model, template: PodTemplate): Generator<Hit> {
  const { object, spec, path } = template;
  const mayBeRoot = mayBeRootIn(model, template);
  for (const { container, path: here } of containersOf(template)) {
    const either = (...field: string[]) =>
      dig(container, 'securityContext', ...field) ?? dig(spec, 'securityContext', ...field);
    const own = (...field: string[]) => dig(container, 'securityContext', ...field);
    const checks: [boolean, string, Path][] = [
      [mayBeRoot || either('runAsNonRoot') === true, 'may run as root', ['runAsNonRoot']],
      [mayBeRoot || either('runAsUser') !== 0, 'runs as user 0', ['runAsUser']],
      [
        /^(RuntimeDefault|Localhost)$/.test(String(either('seccompProfile', 'type'))),
        'has no seccomp profile',
        ['seccompProfile'],
      ],
      [own('allowPrivilegeEscalation') === false, 'may gain rights', ['allowPrivilegeEscalation']],
      [
        own('readOnlyRootFilesystem') === true,
        'can write to its root file system',
        ['readOnlyRootFilesystem'],
      ],
      [texts(own('capabilities', 'drop')).includes('ALL'), 'keeps capabilities', ['capabilities']],
    ];
    for (const [holds, what, field] of checks) {
      if (holds) continue;
      const isOfPod =
        own(...(field as string[])) === undefined && dig(spec, 'securityContext', ...field) !== undefined;
      const where = isOfPod
        ? [...path, 'spec', 'securityContext', ...field]
        : [...here, 'securityContext', ...field];
      yield hit(object, where, `${nameOf(object)}: container ${container['name']} ${what}`);
    }
  }
}
