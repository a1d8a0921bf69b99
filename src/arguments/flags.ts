import { kebab } from '../kebab.ts';
import type { Catalog } from '../types/catalog.ts';

/** One flag of the command line. */
export interface Flag {
  name: string;
  type: 'text' | 'list' | 'switch';
  hint: string;
  /** What stands for the value in help: `NAME`, `a|b`. */
  value?: string;
  short?: string;
  /** The slot or input that the flag answers. */
  slot?: string;
  input?: string;
  options?: string[];
}

export const GENERAL: Flag[] = [
  {
    name: 'config',
    type: 'text',
    value: 'FILE',
    hint: 'read a Blueprint (zero-trust.yaml); flags win over it, "-" is standard input',
  },
  { name: 'name', type: 'text', value: 'NAME', hint: "the cluster's name; the directory's name when absent" },
  { name: 'services', type: 'text', value: 'sample|none|FILE', hint: 'the service graph' },
  { name: 'yes', short: 'y', type: 'switch', hint: 'take every default, ask nothing' },
  { name: 'no-input', type: 'switch', hint: 'ask nothing; what is missing is an error' },
  { name: 'dry-run', type: 'switch', hint: 'print what would be written' },
  { name: 'json', type: 'switch', hint: 'print one JSON document' },
  { name: 'force', type: 'switch', hint: 'replace files that are there; deletes nothing' },
];

export const SEALING: Flag[] = [
  {
    name: 'secret',
    type: 'list',
    value: 'NAME/KEY=SOURCE',
    hint: 'a value to seal: file:PATH, env:VARIABLE or generate[:LENGTH]',
  },
  { name: 'secrets-stdin', type: 'switch', hint: 'read values from standard input, as JSON or dotenv' },
  {
    name: 'generate-keys',
    type: 'text',
    value: 'DIR',
    hint: 'make the key pair in DIR, outside the repository',
  },
];

export const VERIFYING: Flag[] = [
  { name: 'sarif', type: 'switch', hint: 'print SARIF 2.1.0, for code scanning' },
  { name: 'report', type: 'text', value: 'FILE', hint: 'write one HTML page, beside what is printed' },
  { name: 'strict', type: 'switch', hint: 'gaps and what is pending count, too' },
];

export const EXPLAINING: Flag[] = [
  { name: 'port', type: 'text', value: 'N', hint: 'on this port only; every declared one when absent' },
];

export const INFORMATION: Flag[] = [
  { name: 'help', short: 'h', type: 'switch', hint: 'print this text' },
  { name: 'version', short: 'v', type: 'switch', hint: 'print the version' },
];

/** The flags that answer slots, in prompt order. */
export function slotFlags(catalog: Catalog): Flag[] {
  return catalog.slots
    .filter((slot) => !slot.decidedBy)
    .map((slot) => {
      const options = slot.components.map((component) => component.name);
      return {
        name: slot.name,
        type: 'text',
        value: options.join('|'),
        hint: `${slot.label} (${slot.default})`,
        slot: slot.name,
        options,
      };
    });
}

/** The flags that answer inputs, in prompt order. */
export function inputFlags(catalog: Catalog): Flag[] {
  return catalog.inputs.map((input) => ({
    name: kebab(input.name),
    type:
      input.type === 'boolean' ? 'switch' : input.type === 'list' || input.type === 'cidrs' ? 'list' : 'text',
    hint: input.hint,
    input: input.name,
    value:
      input.options?.join('|') ??
      (input.type === 'file'
        ? 'FILE'
        : input.type.toUpperCase().replace('CIDRS', 'CIDR,…').replace('LIST', 'VALUE,…')),
    ...(input.options && { options: input.options }),
  }));
}

export const COMMANDS = ['create', 'seal', 'verify', 'explain', 'schema'] as const;
export type Command = (typeof COMMANDS)[number];

/** The flags that a command takes. */
export function flagsOf(command: Command, catalog: Catalog): Flag[] {
  const general = (...names: string[]) => GENERAL.filter(({ name }) => names.includes(name));
  switch (command) {
    case 'schema':
      return INFORMATION;
    case 'seal':
      return [...SEALING, ...general('no-input', 'json', 'dry-run'), ...INFORMATION];
    case 'verify':
      return [...general('json'), ...VERIFYING, ...INFORMATION];
    case 'explain':
      return [...EXPLAINING, ...INFORMATION];
    case 'create':
      return [...GENERAL, ...slotFlags(catalog), ...inputFlags(catalog), ...SEALING, ...INFORMATION];
  }
}
