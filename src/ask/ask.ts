import { answered, nameOf, type Answers } from '../answers.ts';
import { fieldProblem } from '../blueprint/schema.ts';
import { refusal } from '../plan/choose.ts';
import { questionsOf, type Question } from '../questions.ts';
import type { Catalog } from '../types/catalog.ts';
import type { Asker } from './prompts.ts';

/** Asks what is not answered yet, in the order of the questions; an answer decides which questions follow. */
export async function askQuestions(
  given: Answers,
  catalog: Catalog,
  asker: Asker,
  cwd: string,
): Promise<Answers> {
  const answers: Answers = { ...given, choices: { ...given.choices }, inputs: { ...given.inputs } };
  answers.directory ??= await asker.text('Where should the repository go?', 'my-cluster', notEmpty);
  answers.name ??= await asker.text('What is the cluster called?', nameOf(answers, cwd), (value) =>
    fieldProblem('label', value),
  );
  const asked = new Set<string>();
  for (let next = open(); next; next = open()) {
    asked.add(next.name);
    answers[next.kind][next.name] = await ask(next, answers, catalog, asker);
  }
  answers.services ??= await askServices(asker);
  return answers;

  function open(): Question | undefined {
    return questionsOf(catalog, answers).find(
      ({ kind, name }) => !asked.has(name) && answered(answers, kind, name) === undefined,
    );
  }
}

async function ask(question: Question, answers: Answers, catalog: Catalog, asker: Asker): Promise<string> {
  const { slot, input } = question;
  if (input) {
    return asker.text(`${question.label} (${input.hint})`, String(input.default ?? ''), (value) =>
      fieldProblem(input, value),
    );
  }
  const options = slot!.components.map((component) => {
    const refused = refusal({ ...answers.choices, [slot!.name]: component.name }, catalog);
    return {
      value: component.name,
      label: component.label,
      hint: refused ? `not possible: ${refused.reason}` : component.hint,
      disabled: refused !== undefined,
    };
  });
  const initial =
    options.find((one) => one.value === slot!.default && !one.disabled) ??
    options.find((one) => !one.disabled);
  return asker.choose(question.label, options, initial?.value ?? slot!.default);
}

async function askServices(asker: Asker): Promise<string> {
  const choice = await asker.choose(
    'Which services run in the cluster?',
    [
      {
        value: 'sample',
        label: 'The sample',
        hint: 'frontend → api-service → backend-service, which really answer',
      },
      { value: 'file', label: 'From a file', hint: 'a list of services in the form of zero-trust.yaml' },
      { value: 'none', label: 'None yet', hint: 'the platform alone' },
    ],
    'sample',
  );
  return choice === 'file' ? asker.text('Which file?', 'services.yaml', notEmpty) : choice;
}

const notEmpty = (value: string) => (value.trim() ? undefined : 'Give a name.');
