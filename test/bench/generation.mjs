// Prints how long a repository takes, validated, hashed and written, against writing the same bytes, in one process that has started.
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';

const { main } = createRequire(import.meta.url)('../../dist/main.cjs');
const pairs = Number(process.argv[2] ?? 15);
const cwd = mkdtempSync(path.join(tmpdir(), 'zero-trust-generation-'));
const sink = () => new PassThrough().resume();
const { signal } = new AbortController();
let count = 0;

async function generate() {
  const start = performance.now();
  const io = { stdin: sink(), stdout: sink(), stderr: sink(), env: {}, cwd, signal };
  await main([`a-${count}`, '--yes', '--name', 'bench'], io);
  return performance.now() - start;
}

await generate();
const root = path.join(cwd, 'a-0');
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
  .map((file) => [file, readFileSync(path.join(root, file), 'utf8')]);

function write() {
  const start = performance.now();
  const out = path.join(cwd, `b-${count}`);
  for (const folder of new Set(files.map(([file]) => path.dirname(path.join(out, file)))))
    mkdirSync(folder, { recursive: true });
  for (const [file, text] of files) writeFileSync(path.join(out, file), text);
  return performance.now() - start;
}

const ratios = [];
for (count = 1; count <= pairs; count++) ratios.push((await generate()) / write());
console.log(ratios.sort((a, b) => a - b)[Math.floor(pairs / 2)].toFixed(2));
rmSync(cwd, { recursive: true, force: true });
