import { catalog } from '../support.ts';

/** Every question of the prompt flow in the order of the issue, by the flag that answers it. */
const ORDER = [
  'distribution',
  'gitops',
  'mesh',
  'network',
  'secrets',
  'domain',
  'email',
  'issuer',
  'dns',
  'policy',
  'runtime',
  'scanning',
  'edge',
  'ci',
];

export interface Asked {
  flag: string;
  question: string;
  default: string;
}

const slotOf = (flag: string) => catalog.slots.find((slot) => slot.name === flag);

/** Slots whose only option is nothing to ask about. */
export const SINGLE = ORDER.filter((flag) => slotOf(flag)?.components.length === 1);

/** What is asked when nothing is answered, after directory and name and before the services. */
export const ASKED: Asked[] = ORDER.filter((flag) => !SINGLE.includes(flag)).map((flag) => {
  const slot = slotOf(flag);
  const input = catalog.inputs.find(({ name }) => name === flag);
  return slot
    ? { flag, question: slot.question, default: slot.default }
    : { flag, question: `${input!.question} (${input!.hint})`, default: String(input!.default) };
});

export const DIRECTORY = 'Where should the repository go?';
export const NAME = 'What is the cluster called?';
export const SERVICES = 'Which services run in the cluster?';
export const SEAL = 'Seal the secrets now?';
export const WRITE = 'Write it?';

/** Flags that answer every question but those of the named flags. */
export function flagsBut(...left: string[]): string[] {
  const all = [...ASKED, { flag: 'name', default: 'shop' }, { flag: 'services', default: 'sample' }];
  return all.filter(({ flag }) => !left.includes(flag)).flatMap((one) => [`--${one.flag}`, one.default]);
}
