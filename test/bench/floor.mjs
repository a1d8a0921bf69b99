// The least that any generator must do: node floor.mjs OUT FILES.json writes the same bytes from memory.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [out, json] = process.argv.slice(2);
const files = JSON.parse(readFileSync(json, 'utf8'));
for (const folder of new Set(files.map(([file]) => path.dirname(path.join(out, file)))))
  mkdirSync(folder, { recursive: true });
for (const [file, text] of files) writeFileSync(path.join(out, file), text);
