import type { Model } from '../../model.ts';
import { isObject } from '../../object.ts';
import { records, text } from '../../selectors.ts';
import { DEBUG } from './admission.ts';

/** Something that only a policy can enforce. */
export interface Control {
  what: string;
  /** What the text of a policy that enforces it says. */
  says: (expressions: string, model: Model) => boolean;
  resource: string;
  operations: string[];
  digests?: boolean;
  /** The API group of engines that need it said apart. */
  only?: string;
  meshed?: boolean;
}

const ADMISSION = { resource: 'pods', operations: ['CREATE', 'UPDATE'] };
/** Of strings in CEL and in JSON. */
const QUOTES = ["'", '"'];
/** In CEL and in Rego. */
const DEBUG_RULES = [
  /runAsNonRoot/,
  /runAsUser/,
  /capabilities\W*drop/,
  /capabilities\W*add/,
  /allowPrivilegeEscalation/,
  /@sha256:/,
];
const REGISTRY_RULE = /starts[wW]ith\([^\n]*registry/;

export const CONTROLS: Control[] = [
  {
    what: 'containers drop all capabilities',
    says: (one) => /capabilities[\s\S]*drop/.test(one),
    ...ADMISSION,
  },
  { what: 'containers add no capabilities', says: (one) => /capabilities\W*add\b/.test(one), ...ADMISSION },
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
    what: 'user 0 is refused',
    says: (one) => /runAsUser\S*\s*!= 0|\b0 in \[[^\n]*runAsUser/.test(one),
    ...ADMISSION,
  },
  {
    what: 'images are named by digest',
    says: (one) => one.includes('@sha256:'),
    ...ADMISSION,
    digests: true,
  },
  {
    what: 'images come from the declared registries',
    says: (one, { declared }) =>
      declared.registries.every((registry) => QUOTES.some((quote) => one.includes(quote + registry + quote))),
    ...ADMISSION,
  },
  {
    what: 'pods carry the label app',
    says: (one) => /metadata\.\S*labels\S*'app'|"labels":\[[^\]]*"app"/.test(one),
    ...ADMISSION,
  },
  {
    what: 'images of the own registry are signed',
    says: (one, { declared: { signatures, capabilities } }) =>
      !signatures || !capabilities.includes('image-signatures') || one.includes('verifyImageSignatures('),
    ...ADMISSION,
  },
  // Brackets keep an engine that derives rules for workloads from reading the pod template's labels there as well.
  {
    what: 'workloads carry the label app',
    says: (one) => /\['metadata'\]\S*labels\S*'app'/.test(one),
    ...ADMISSION,
    only: 'policies.kyverno.io',
  },
  { what: 'pods stay in the mesh', says: namesOptOuts, ...ADMISSION, meshed: true },
  {
    what: 'debug containers keep the rules',
    says: (one, { declared }) =>
      DEBUG_RULES.every((rule) => rule.test(one)) &&
      (declared.registries.length === 0 || REGISTRY_RULE.test(one)),
    resource: DEBUG,
    operations: ['UPDATE'],
  },
];

function namesOptOuts(expressions: string, { declared }: Model): boolean {
  const optOut = declared.provides['mesh']?.['optOut'];
  if (!isObject(optOut)) return true;
  const listed = parametersIn(expressions);
  const lines = expressions.split('\n');
  const keys = Object.entries(optOut).flatMap(([field, list]) =>
    records(list).map((one) => ({ field, key: text(one['key']) })),
  );
  const names = ({ field, key }: (typeof keys)[number]) =>
    listed
      ? records(listed[field]).some((one) => one['key'] === key)
      : lines.some((line) => isAbout(line, field, key));
  return keys.length > 0 && keys.every(names);
}

/** The parameters of a constraint, which stand in the last line. */
function parametersIn(expressions: string): Record<string, unknown> | undefined {
  const last = expressions.split('\n').at(-1)!;
  return last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : undefined;
}

/** Whether a line is about a key of labels or of annotations; one that names neither may be about both. */
const isAbout = (line: string, field: string, key: string): boolean =>
  line.includes(key) && (line.includes(field) || !/\b(labels|annotations)\b/.test(line));
