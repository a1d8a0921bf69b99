import type { Hit, Model, Rule } from '../../model.ts';
import { isObject } from '../../object.ts';
import { admissionPolicies, isAbout, isWanted, type AdmissionPolicy } from './admission.ts';

interface Control {
  what: string;
  /** What the text of a policy that enforces it says. */
  says: (expressions: string, model: Model) => boolean;
  resource: string;
  operations: string[];
  digests?: boolean;
  meshed?: boolean;
}

const ADMISSION = { resource: 'pods', operations: ['CREATE', 'UPDATE'] };
const CONTROLS: Control[] = [
  {
    what: 'containers drop all capabilities',
    says: (one) => /capabilities[\s\S]*drop/.test(one),
    ...ADMISSION,
  },
  {
    what: 'containers do not gain rights',
    says: (one) => one.includes('allowPrivilegeEscalation'),
    ...ADMISSION,
  },
  {
    what: 'root file systems are read-only',
    says: (one) => one.includes('readOnlyRootFilesystem'),
    ...ADMISSION,
  },
  { what: 'containers do not run as root', says: (one) => one.includes('runAsNonRoot'), ...ADMISSION },
  {
    what: 'images are named by digest',
    says: (one) => one.includes('@sha256:'),
    ...ADMISSION,
    digests: true,
  },
  {
    what: 'images come from the declared registries',
    says: (one, { declared }) => declared.registries.every((registry) => one.includes(registry)),
    ...ADMISSION,
  },
  { what: 'pods carry the label app', says: (one) => /labels\S*'app'/.test(one), ...ADMISSION },
  { what: 'pods stay in the mesh', says: namesOptOuts, ...ADMISSION, meshed: true },
  {
    what: 'debug containers keep the rules',
    says: (one) => one.includes('ephemeralContainers'),
    resource: 'pods/ephemeralcontainers',
    operations: ['UPDATE'],
  },
];

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
    const policies = admissionPolicies(model).filter((one) => one.refuses);
    for (const control of CONTROLS) yield* unenforced(model, control, policies);
  },
};

function* unenforced(model: Model, control: Control, policies: AdmissionPolicy[]): Generator<Hit> {
  const enforcing = policies.filter((one) => control.says(one.expressions, model) && covers(one, control));
  const open = model.declared.namespaces.filter(
    (one) =>
      isWanted(one, control.digests === true) &&
      (!control.meshed || one.meshed) &&
      !enforcing.some((policy) => isAbout(policy, one.name, one.labels)),
  );
  if (open.length)
    yield {
      file: 'zero-trust.yaml',
      message: `no policy refuses pods in ${open.map((one) => one.name).join(', ')} unless ${control.what}`,
    };
}

/** Kinds without such lists are taken at their word. */
const covers = ({ resources }: AdmissionPolicy, { resource, operations }: Control) =>
  resources.length === 0 ||
  resources.some(
    (one) =>
      one.names.includes(resource) &&
      (one.operations.includes('*') || operations.every((operation) => one.operations.includes(operation))),
  );

function namesOptOuts(expressions: string, { declared }: Model): boolean {
  const optOut = declared.provides['mesh']?.['optOut'];
  if (!isObject(optOut)) return true;
  const keys = Object.values(optOut).flatMap(
    (list) => (Array.isArray(list) ? list : []) as { key: string }[],
  );
  return keys.length > 0 && keys.every(({ key }) => expressions.includes(key));
}
