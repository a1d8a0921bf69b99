import { resolve } from 'node:path';
import type { Arguments } from '../arguments/parse.ts';
import { loadCatalog } from '../catalog/catalog.ts';
import { UserError } from '../error.ts';
import type { Io } from '../io.ts';
import { writeText } from '../repo/write-text.ts';
import { toJson } from '../verify/output/json.ts';
import { toPage } from '../verify/output/page/page.ts';
import { toSarif } from '../verify/output/sarif.ts';
import { countOf, countText, type Report } from '../verify/output/summary.ts';
import { toText } from '../verify/output/terminal.ts';
import { RULES, RULE_TEXTS } from '../verify/rules/all.ts';
import { hasFindings, run } from '../verify/run.ts';
import { version } from '../version.ts';
import { readRepository } from './read-repository.ts';

/**
 * Proves a repository against its `zero-trust.yaml`: files → Model → Verdict → text, JSON, SARIF or a page.
 *
 * @throws an error of exit code 3 when it found something
 */
export function verify({ directory = '.', flags }: Arguments, io: Io): void {
  if (flags['json'] && flags['sarif'])
    throw new UserError('--json and --sarif both print a document; take one of them.', 2);
  const strict = flags['strict'] === true;
  const model = readRepository(resolve(io.cwd, directory), loadCatalog());
  const verdict = run(model, RULES, { strict });
  const report: Report = { model, verdict, rules: RULE_TEXTS, strict, version };
  if (flags['report']) writeText(resolve(io.cwd, flags['report'] as string), toPage(report));
  if (flags['json']) printJson(toJson(report), io);
  else if (flags['sarif']) printJson(toSarif(report), io);
  else io.stdout.write(toText(report, { colour: hasColour(io) }));
  if (hasFindings(verdict))
    throw Object.assign(new Error(`verify found ${countText(countOf(verdict.findings))}.`), { exitCode: 3 });
}

const printJson = (document: object, { stdout }: Io) =>
  void stdout.write(`${JSON.stringify(document, null, 2)}\n`);

/** https://no-color.org */
const hasColour = ({ stdout, env }: Io) =>
  stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
