import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generate } from './support.ts';
const dir = path.join(import.meta.dirname, 'scenarios');
describe.each(readdirSync(dir))('%s', (name) => { it('x', () => { const {files, plan} = generate(parse(readFileSync(path.join(dir, name, 'blueprint.yaml'), 'utf8'))); console.log(name, files.size, plan.pending.length, plan.gaps.map(g=>g.id)); }); });
