// Writes down what another process could see, then runs the real program: `node record.mjs LOG PROGRAM ARGS…`.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const [log, program, ...args] = process.argv.slice(2);
const files = readdirSync('.').map((name) => readFileSync(name, 'utf8'));
writeFileSync(log, JSON.stringify({ argv: process.argv, env: process.env, files }));
process.exitCode = spawnSync(program, args, { stdio: 'inherit' }).status ?? 1;
