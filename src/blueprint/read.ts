import { parseDocument } from 'yaml';
import { UserError } from '../error.ts';

/** Parses the text of a Blueprint or of a service graph. Throws a usage error with file, line and column of what is no YAML. */
export function parseYaml(text: string, file: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  if (problem) throw new UserError(`${file}: ${problem.message.trim()}`, 2);
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`, 2);
  }
}

/** Parses a Blueprint's text, which must be a map. */
export function parseBlueprint(text: string, file: string): Record<string, unknown> {
  const value = parseYaml(text, file) ?? {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new UserError(`${file}: a Blueprint is a map of name, choices, inputs and services`, 2);
  return value as Record<string, unknown>;
}

/** Parses a service graph: a list of services, or a map of services, configMaps and namespaces. */
export function parseGraph(text: string, file: string): Record<string, unknown> {
  const value = parseYaml(text, file);
  if (Array.isArray(value)) return { services: value };
  const allowed = ['services', 'configMaps', 'namespaces'];
  if (
    typeof value !== 'object' ||
    value === null ||
    !Object.keys(value).every((key) => allowed.includes(key))
  ) {
    throw new UserError(
      `${file}: holds no service graph: a list of services, or a map with ${allowed.join(', ')}`,
      2,
    );
  }
  return value as Record<string, unknown>;
}
