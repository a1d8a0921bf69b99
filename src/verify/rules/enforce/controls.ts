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
const DEBUG_RULES = [
  'runAsNonRoot',
  'runAsUser',
  'capabilities.?drop',
  'capabilities.?add',
  'allowPrivilegeEscalation',
  '@sha256:',
  'startsWith(registry',
];

export const CONTROLS: Control[] = [
  {
    what: 'containers drop all capabilities',
    says: (one) => /capabilities[\s\S]*drop/.test(one),
    ...ADMISSION,
  },
  { what: 'containers add no capabilities', says: (one) => /capabilities\S*add\b/.test(one), ...ADMISSION },
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
  { what: 'user 0 is refused', says: (one) => /runAsUser\S*\s*!= 0/.test(one), ...ADMISSION },
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
  {
    what: 'images of the own registry are signed',
    says: (one, { declared: { signatures, capabilities } }) =>
      !signatures || !capabilities.includes('image-signatures') || one.includes('verifyImageSignatures('),
    ...ADMISSION,
  },
  { what: 'pods carry the label app', says: (one) => /metadata\.\S*labels\S*'app'/.test(one), ...ADMISSION },
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
    says: (one) => DEBUG_RULES.every((word) => one.includes(word)),
    resource: DEBUG,
    operations: ['UPDATE'],
  },
];

function namesOptOuts(expressions: string, { declared }: Model): boolean {
  const optOut = declared.provides['mesh']?.['optOut'];
  if (!isObject(optOut)) return true;
  const keys = Object.entries(optOut).flatMap(([field, list]) =>
    records(list).map((one) => ({ field, key: text(one['key']) })),
  );
  const lines = expressions.split('\n');
  return keys.length > 0 && keys.every(({ field, key }) => lines.some((line) => isAbout(line, field, key)));
}

/** Whether a line is about a key of labels or of annotations; one that names neither may be about both. */
const isAbout = (line: string, field: string, key: string): boolean =>
  line.includes(key) && (line.includes(field) || !/\b(labels|annotations)\b/.test(line));
