// Stands in for an encrypting program: `node program.mjs MODE …`. Each mode is one way to go wrong.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const [mode, ...rest] = process.argv.slice(2);
const read = () => readFileSync(0, 'utf8');

const MODES = {
  /** Complains about what it was given: whole, as base64, and in shortened lines. */
  complain: () => {
    const text = read();
    const values = [...text.matchAll(/^ {2}"password": "(.*)"$/gm)].map(([, value]) => value);
    const shortened = values.map((value) => `cannot unmarshal !!str \`${value.slice(0, 7)}...\` into int`);
    const encoded = values.map((value) => Buffer.from(value).toString('base64'));
    process.stderr.write([text, ...shortened, ...encoded, 'bad input'].join('\n'));
    process.exitCode = 3;
  },
  leave: () => process.exit(4),
  nothing: () => void read(),
  copy: () => process.stdout.write(read()),
  encoded: () => process.stdout.write(`kind: X\nnote: ${Buffer.from(rest[0]).toString('base64')}\n`),
  garbage: () => process.stdout.write('a: b: c: [\n'),
  hang: () => setTimeout(60_000),
  /** Makes a key pair as it should, except for what `rest` says. */
  keys: () => {
    if (rest[1] !== 'no-private') writeFileSync(join(rest[0], 'private.key'), 'PRIVATE\n', { mode: 0o644 });
    writeFileSync(join(rest[0], 'public.pem'), rest[1] === 'no-public' ? '\n' : 'PUBLIC\n');
    if (rest[1] === 'fail') process.exit(1);
  },
};

await MODES[mode]();
