import { expect, test } from 'vitest';
import type { Files } from '../../src/types/files.ts';
import { scenario } from '../mutation/repository.ts';
import { findings } from '../mutation/score.ts';
import { CONTROLS, type Control } from './rows.ts';

const rendered = new Map<string, Files>();

function filesOf(name: string): Files {
  const files = rendered.get(name) ?? scenario(name).files;
  rendered.set(name, files);
  return files;
}

/** The repository with the control broken. Throws where it is not as the entry says. */
function broken(files: Files, { file, from, to = '' }: Control): Files {
  const text = files.get(file);
  if (text === undefined) throw new Error(`there is no ${file}`);
  if (from === undefined) return new Map([...files].filter(([name]) => name !== file));
  if (!text.includes(from)) throw new Error(`${file} does not have ${JSON.stringify(from)}`);
  return new Map(files).set(
    file,
    text.replace(from, () => to),
  );
}

test.each(
  CONTROLS.map((control) => [`[${control.row}] ${control.what} (${control.rule})`, control] as const),
)('%s', (_, control) => {
  const files = filesOf(control.scenario ?? 'default');
  const rules = findings(broken(files, control)).map(({ rule }) => rule);
  expect(rules).toContain(control.rule);
});

test('nothing is found in what is not broken', () => {
  for (const [name, files] of rendered) expect(findings(files), name).toEqual([]);
});
