import Handlebars from 'handlebars/runtime.js';
import type { RuleArea } from '../types/catalog.ts';
import type { Files } from '../types/files.ts';
import type { Plan, PlannedFile } from '../types/plan.ts';
import { helpers } from './helpers.ts';
import { formatMarkdown } from './tables.ts';
import { escapeMarkdown, plainText, quoteYaml } from './quote.ts';

Handlebars.registerHelper(helpers as unknown as Record<string, Handlebars.HelperDelegate>);

/**
 * Renders every file of the Plan in memory.
 *
 * @param ruleAreas what `verify` checks, by area
 * @throws Error, naming the file, when a template asks for what is not there
 */
export function render(plan: Plan, ruleAreas: RuleArea[]): Files {
  const data = { ...plan, ruleAreas };
  return new Map(plan.files.map((file) => [file.path, renderFile(data, file)]));
}

function renderFile(data: object, file: PlannedFile): string {
  // Handlebars has one escape function for all templates; what a value must be protected from depends on the file.
  Handlebars.Utils.escapeExpression = escapeFor(file.path) as typeof Handlebars.Utils.escapeExpression;
  try {
    const text = file.render({ ...data, ...file.item });
    return file.path.endsWith('.md') ? formatMarkdown(text) : text;
  } catch (error) {
    throw new Error(`${file.path} (${file.component}): ${(error as Error).message}`, { cause: error });
  }
}

function escapeFor(path: string): (value: unknown) => string {
  const escape = /\.ya?ml$/.test(path) ? quoteYaml : path.endsWith('.md') ? escapeMarkdown : plainText;
  return (value) => (value instanceof Handlebars.SafeString ? value.toString() : escape(value));
}
