import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { UserError } from '../src/error.ts';
import { generate } from './support.ts';

const folder = path.join(import.meta.dirname, 'invalid');
const fixtures = readdirSync(folder).sort();

/** Each `# expect: …` line of a fixture's head is part of one line of the message, in order. */
describe.each(fixtures)('invalid/%s', (file) => {
  const text = readFileSync(path.join(folder, file), 'utf8');
  const expected = [...text.matchAll(/^# expect: (.+)$/gm)].map((match) => match[1]!);

  it('is refused as usage, with one line for each problem', () => {
    expect(expected, 'the fixture says what it expects').not.toEqual([]);
    const error = refusalOf(parse(text));
    const lines = error.message.split('\n');
    const matched = lines.map((line, index) =>
      line.includes(expected[index] ?? '\n') ? expected[index] : line,
    );
    expect(matched).toEqual(expected);
    expect(error.exitCode).toBe(2);
  });
});

it('is about many kinds of mistakes', () => {
  expect(fixtures.length).toBeGreaterThanOrEqual(90);
});

function refusalOf(wanted: unknown): UserError {
  try {
    generate(wanted);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('was accepted');
}
