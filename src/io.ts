import { addAbortSignal, type Readable, type Writable } from 'node:stream';

/** The world outside, as commands see it. */
export interface Io {
  stdin: Readable & { isTTY?: boolean };
  /** Takes the result. */
  stdout: Writable & { isTTY?: boolean };
  /** Takes the talk. */
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Aborted by a signal; its reason is a Cancelled. */
  signal: AbortSignal;
}

/** The user or a signal ended the run. Nothing was written. */
export class Cancelled extends Error {
  readonly exitCode: number;

  constructor(exitCode = 130) {
    super('Cancelled. Nothing was written.');
    this.exitCode = exitCode;
  }
}

/** Whether questions can be asked: a terminal at both ends, and nobody said not to. */
export function canAsk({ stdin, stderr, env }: Io, flags: Record<string, unknown>): boolean {
  const forbidden = flags['yes'] || flags['no-input'] || flags['json'] || isSet(env['CI']);
  return !forbidden && Boolean(stdin.isTTY && stderr.isTTY) && env['TERM'] !== 'dumb';
}

const isSet = (value: string | undefined) =>
  value !== undefined && value !== '' && value !== 'false' && value !== '0';

/** All of standard input as text. Throws the signal's reason when it ends first. */
export async function readAll({ stdin, signal }: Pick<Io, 'stdin' | 'signal'>): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of addAbortSignal(signal, stdin)) chunks.push(Buffer.from(chunk as Buffer));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
}
