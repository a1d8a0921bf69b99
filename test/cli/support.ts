import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa, type Options } from 'execa';
import { afterAll, onTestFinished } from 'vitest';
import { sha256 } from '../../src/repo/sha256.ts';

export const POSIX = process.platform !== 'win32';
export const ROOT = resolve(import.meta.dirname, '../..');
export const BIN = join(ROOT, 'bin/create-zero-trust.cjs');
/** A process that takes longer hangs. */
export const HANG = 10_000;

/** As small an environment as a process can live in: neither CI nor colours leak in from whoever runs the tests. */
export const ENV: Record<string, string> = Object.fromEntries(
  ['PATH', 'SystemRoot', 'TEMP', 'TMP'].flatMap((name) =>
    process.env[name] ? [[name, process.env[name]]] : [],
  ),
);

const makeFolder = () => realpathSync(mkdtempSync(join(tmpdir(), 'zero-trust-cli-')));
const removeFolder = (folder: string) => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/** An empty folder that is gone after the test. */
export function tempFolder(): string {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

/** An empty folder for all tests of a file or of a `describe`, gone after them. */
export function sharedFolder(): string {
  const folder = makeFolder();
  afterAll(() => removeFolder(folder));
  return folder;
}

/** Runs the real program without a terminal, standard input empty unless given. */
export async function run(cwd: string, args: string[], options: Options = {}) {
  return finished(await start(cwd, args, options));
}

/** Starts the real program without waiting for it. */
export function start(cwd: string, args: string[], options: Options = {}) {
  return startProgram(process.execPath, [BIN, ...args], cwd, options);
}

/** Runs a line of shell in which `"$@"` is the program with its arguments. */
export async function runInShell(line: string, cwd: string, args: string[], options: Options = {}) {
  return finished(await startProgram('sh', ['-c', line, 'sh', process.execPath, BIN, ...args], cwd, options));
}

export function startProgram(program: string, args: string[], cwd: string, options: Options = {}) {
  const stdin =
    options.input === undefined && options.inputFile === undefined ? { stdin: 'ignore' as const } : {};
  const { env, ...rest } = options;
  const common = {
    cwd,
    extendEnv: false,
    reject: false,
    timeout: 2 * HANG,
    stripFinalNewline: false,
    killSignal: 'SIGKILL' as const,
    forceKillAfterDelay: false as const,
  };
  return execa(program, args, { ...common, ...stdin, ...rest, env: { ...ENV, ...env } });
}

export interface Outcome {
  code: number | undefined;
  stdout: string;
  stderr: string;
}

/** What a finished process left. A timeout is never what a test wants. */
export function finished(result: {
  exitCode?: number;
  stdout?: unknown;
  stderr?: unknown;
  timedOut?: boolean;
  signal?: string;
}): Outcome {
  const [stdout, stderr] = [String(result.stdout ?? ''), String(result.stderr ?? '')];
  if (result.timedOut) throw new Error(`hung:\n${stdout}\n${stderr}`);
  return { code: result.exitCode, stdout, stderr };
}

/** Everything below a folder, by path: type, mode and content of each. What "exactly as before" compares. */
export function tree(folder: string, prefix = ''): Record<string, string> {
  const entries = readdirSync(join(folder, prefix)).sort();
  return Object.assign({}, ...entries.map((name) => entry(folder, `${prefix}${name}`)));
}

function entry(folder: string, path: string): Record<string, string> {
  const stat = lstatSync(join(folder, path));
  const mode = POSIX ? (stat.mode & 0o777).toString(8) : '';
  if (stat.isDirectory()) return { [`${path}/`]: mode, ...tree(folder, `${path}/`) };
  return { [path]: stat.isFile() ? `${mode} ${sha256(readFileSync(join(folder, path)))}` : 'other' };
}

/** The paths at which two folders differ. */
export function differences(one: string, other: string): string[] {
  return changed(tree(one), tree(other));
}

/** The paths that two looks at folders show differently. */
export function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path])
    .sort();
}

/** The paths of the files below a folder. */
export const filesOf = (folder: string) => Object.keys(tree(folder)).filter((path) => !path.endsWith('/'));

export const read = (...parts: string[]) => readFileSync(join(...parts), 'utf8');

/** Makes the folder that a file will lie in. Returns the file's path. */
export function place(...parts: string[]): string {
  const path = join(...parts);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** A line that says what this machine cannot show. */
export const skipped = (why: string) => console.warn(`skipped: ${why}`);

/** Waits until something holds; fails after the time in which a process counts as hung. */
export async function until(what: string | (() => string), holds: () => boolean): Promise<void> {
  for (const end = Date.now() + HANG; !holds(); await new Promise((wake) => setTimeout(wake, 20))) {
    if (Date.now() > end) throw new Error(`never happened: ${typeof what === 'string' ? what : what()}`);
  }
}
