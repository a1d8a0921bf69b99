import type { Hit, Model, Rule } from '../../model.ts';
import { admissionPolicies, isAbout, isWanted, type AdmissionPolicy } from './admission.ts';
import { CONTROLS, type Control } from './controls.ts';

/** The controls that policies must enforce in application namespaces, one by one. */
export const policyMissing: Rule = {
  id: 'enforce/policy-missing',
  area: 'enforce',
  severity: 'error',
  title: 'Every control is enforced in every application namespace',
  why: 'Pod Security knows nothing of read-only file systems, digests, registries and the mesh: without a policy nobody does.',
  fix: 'Restore the policy, its namespaces and its operations, or set the stage of the namespace to audit.',
  *check(model) {
    if (!model.declared.capabilities.includes('policies')) return;
    const policies = admissionPolicies(model);
    for (const control of CONTROLS) yield* unenforced(model, control, policies);
  },
};

function* unenforced(model: Model, control: Control, policies: AdmissionPolicy[]): Generator<Hit> {
  if (control.only && !policies.some(({ object }) => object.group === control.only)) return;
  const saying = policies.filter((one) => control.says(one.expressions, model) && covers(one, control));
  const apps = model.declared.namespaces.filter(
    (one) => one.kind === 'app' && (!control.meshed || one.meshed),
  );
  const refused = apps.filter((one) => isWanted(one, control.digests === true));
  for (const [verb, namespaces, counts] of [
    ['refuses', refused, (one: AdmissionPolicy) => one.refuses],
    [
      'reports',
      apps.filter((one) => !refused.includes(one)),
      (one: AdmissionPolicy) => one.actions.length > 0,
    ],
  ] as const) {
    const isOpen = ({ name, labels }: typeof LATER) =>
      !saying.some((one) => counts(one) && isAbout(one, name, labels));
    const named = namespaces.filter(isOpen);
    const later = verb === 'refuses' && apps.length && isOpen(LATER) ? [LATER] : [];
    const open = (named.length ? named : later).map((one) => one.name);
    if (open.length)
      yield {
        file: 'zero-trust.yaml',
        message: `no policy ${verb} pods in ${open.join(', ')} unless ${control.what}`,
      };
  }
}

/** Stands for namespaces that nobody declares: what comes to run there is checked as well. */
const LATER = { name: 'namespaces that come later', labels: {} };

/** Kinds without such lists are taken at their word. */
const covers = ({ resources }: AdmissionPolicy, { resource, operations }: Control) =>
  resources.length === 0 ||
  resources.some(
    (one) =>
      one.names.includes(resource) &&
      (one.operations.includes('*') || operations.every((operation) => one.operations.includes(operation))),
  );
