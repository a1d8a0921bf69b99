import { Document, parseDocument } from 'yaml';

const HEADER = ` What this repository is rendered from. Change it, then render again:
 npm create zero-trust@latest . -- --config zero-trust.yaml --force
 The schema: npm create zero-trust@latest -- schema`;

interface Saved {
  name: string;
  choices: Record<string, string>;
  inputs: Record<string, unknown>;
}

/**
 * The text of `zero-trust.yaml`: what the user wrote, comments kept, with every choice and given input filled in,
 * so that a later version with other defaults renders the same. Saving what was saved changes nothing.
 *
 * @param wanted the Blueprint's form, as validated
 * @param source the file that it was read from
 */
export function blueprintText(wanted: Record<string, unknown>, saved: Saved, source?: string): string {
  const document = source === undefined ? new Document({}) : parseDocument(source);
  if (source === undefined) document.commentBefore = HEADER;
  const before = (document.toJS() ?? {}) as Record<string, Record<string, unknown> | undefined>;
  const set = (path: string[], old: unknown, value: unknown) => {
    if (value === undefined || value === null || JSON.stringify(old) === JSON.stringify(value)) return;
    document.setIn(path, document.createNode(value, { aliasDuplicateObjects: false }));
  };
  set(['name'], before['name'], saved.name);
  for (const kind of ['choices', 'inputs'] as const) {
    for (const [key, value] of Object.entries(saved[kind])) set([kind, key], before[kind]?.[key], value);
  }
  for (const key of ['namespaces', 'configMaps', 'services']) set([key], before[key], wanted[key]);
  return document.toString({ lineWidth: 0 });
}
