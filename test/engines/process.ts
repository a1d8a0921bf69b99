import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { engine } from './find.mjs';

export interface Result {
  status: number | null;
  stdout: string;
  stderr: string;
  /** Both streams, for messages. */
  all: string;
}

/** Runs a program to its end; what it says is returned, whatever its exit code. */
export function run(program: string, args: string[], options: SpawnSyncOptions = {}): Result {
  const path = engine(program) ?? program;
  const done = spawnSync(path, args, { maxBuffer: 1 << 28, timeout: 120_000, ...options, encoding: 'utf8' });
  if (done.error) throw done.error;
  return {
    status: done.status,
    stdout: done.stdout,
    stderr: done.stderr,
    all: `${done.stdout}${done.stderr}`,
  };
}

/** Runs a program that must succeed, for its output. */
export function must(program: string, args: string[], options: SpawnSyncOptions = {}): string {
  const { status, stdout, all } = run(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${all}`);
  return stdout;
}
