import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import { BIN, ENV, until } from './support.ts';

export const KEYS = {
  enter: '\r',
  up: '\x1b[A',
  down: '\x1b[B',
  escape: '\x1b',
  interrupt: '\x03',
  endOfInput: '\x04',
};

/** The program, or a line of shell in which `"$@"` is the program, in a real pseudo-terminal. */
export class Terminal {
  /** Everything that the terminal was sent, escape codes and all. */
  transcript = '';
  exitCode: number | undefined;
  readonly #pty;
  #seen = 0;

  constructor(cwd: string, args: string[], env: Record<string, string> = {}, shell?: string) {
    const program = shell === undefined ? [process.execPath] : ['sh', '-c', shell, 'sh', process.execPath];
    const size = { cols: 200, rows: 200 };
    this.#pty = spawn(program[0]!, [...program.slice(1), BIN, ...args], {
      ...size,
      cwd,
      name: env['TERM'] ?? 'xterm-256color',
      env: { ...ENV, ...env },
    });
    this.#pty.onData((data) => (this.transcript += data));
    this.#pty.onExit(({ exitCode }) => (this.exitCode = exitCode));
    onTestFinished(() => {
      if (this.exitCode === undefined) this.#pty.kill('SIGKILL');
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** What a reader sees, without escape codes. */
  get text(): string {
    return stripVTControlCharacters(this.transcript).replaceAll('\r', '');
  }

  /** Every question that was put, in order. */
  get questions(): string[] {
    const all = [...this.text.matchAll(/◆ {2}(.*)/g)].map(([, question]) => question!.trim());
    return all.filter((question, index) => question !== all[index - 1]);
  }

  /** Waits until the text is there, below what was waited for before. */
  async sees(text: string): Promise<void> {
    await until(
      () => `"${text}" in ${this.text.slice(-2000)}`,
      () => this.text.includes(text, this.#seen),
    );
    this.#seen = this.text.indexOf(text, this.#seen) + text.length;
  }

  /** Waits for a question and presses keys, one after the other as a user does. */
  async answer(question: string, ...keys: string[]): Promise<void> {
    await this.sees(`◆  ${question}`);
    for (const key of keys) {
      const before = this.transcript.length;
      this.#pty.write(key);
      await until(
        () => `an echo of ${JSON.stringify(key)} at "${question}"`,
        () => this.transcript.length > before || this.exitCode !== undefined,
      );
    }
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  signal(name: string): void {
    this.#pty.kill(name);
  }

  /** Waits for the end. Returns the exit code. */
  async end(): Promise<number> {
    await until(
      () => `the end after ${this.text.slice(-2000)}`,
      () => this.exitCode !== undefined,
    );
    return this.exitCode!;
  }

  get cursorIsVisible(): boolean {
    return this.transcript.lastIndexOf('\x1b[?25h') >= this.transcript.lastIndexOf('\x1b[?25l');
  }
}
