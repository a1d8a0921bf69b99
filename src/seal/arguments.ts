import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../error.ts';
import type { InputValue } from '../types/catalog.ts';

/** Public inputs by name, as the Plan has them. */
export type Inputs = Record<string, InputValue | null | undefined>;

/**
 * Fills the placeholders `{path}`, `{input:NAME}` and `{file:NAME}` of a program's arguments;
 * the last becomes the path of a file in `folder` that holds the input. Throws a UserError when an input has no value.
 */
export function fillArguments(args: string[], path: string, inputs: Inputs, folder: string): string[] {
  return args.map((arg) =>
    arg.replace(
      /\{(?:(path)|input:(\w+)|file:(\w+))\}/g,
      (_, isPath?: string, input?: string, file?: string) => {
        if (isPath) return path;
        return input ? inputText(inputs, input) : inputFile(inputs, file!, folder);
      },
    ),
  );
}

function inputFile(inputs: Inputs, name: string, folder: string): string {
  const file = join(folder, name);
  writeFileSync(file, inputText(inputs, name));
  return file;
}

/** The text of an input, a list joined by commas. Throws a UserError that names the flag when there is none. */
export function inputText(inputs: Inputs, name: string): string {
  const value = inputs[name] ?? '';
  const text = Array.isArray(value) ? value.join(',') : String(value);
  if (text.trim() !== '') return text;
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UserError(
    `Nothing can be sealed without ${name}. Give it with --${flag}, or make a new key pair with --generate-keys DIR.`,
    2,
  );
}
