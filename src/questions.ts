import { kebab } from './kebab.ts';
import type { Answers } from './answers.ts';
import { answered } from './answers.ts';
import type { Catalog, Input, Slot } from './types/catalog.ts';

/** What is asked: a slot with more than one option, or an input that has a question. */
export interface Question {
  kind: 'choices' | 'inputs';
  name: string;
  flag: string;
  label: string;
  order: number;
  default: unknown;
  slot?: Slot;
  input?: Input;
}

/** The questions in prompt order; inputs of components that the answers rule out are left out. */
export function questionsOf(catalog: Catalog, answers: Answers): Question[] {
  const slots = catalog.slots
    .filter((slot) => !slot.decidedBy && slot.components.length > 1)
    .map(slotQuestion);
  const inputs = catalog.inputs
    .filter((input) => input.question && isRead(input, catalog, answers))
    .map(inputQuestion);
  return [...slots, ...inputs].sort((a, b) => a.order - b.order);
}

function slotQuestion(slot: Slot): Question {
  const { name, question: label, order } = slot;
  return { kind: 'choices', name, flag: name, label, order, default: slot.default, slot };
}

function inputQuestion(input: Input): Question {
  const { name, order } = input;
  return {
    kind: 'inputs',
    name,
    flag: kebab(name),
    label: input.question ?? input.label,
    order,
    default: input.default,
    input,
  };
}

/** An input is read by the base, or by the component that is chosen, or would be by default. */
function isRead({ of }: Input, catalog: Catalog, answers: Answers): boolean {
  if (!of) return true;
  const slot = catalog.slots.find((one) => one.name === of.slot);
  return (answered(answers, 'choices', of.slot) ?? slot?.default) === of.component;
}
