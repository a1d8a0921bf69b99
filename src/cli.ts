import type { Io } from './io.ts';

declare const __HELP__: string;
declare const __VERSION__: string;

void run(process.argv.slice(2));

/** From the command line to an exit code. The only place that catches and that ends the process. */
async function run(argv: string[]): Promise<void> {
  process.stdout.on('error', unwritten);
  // Talk that nobody reads is no failure.
  process.stderr.on('error', () => {});
  const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  if (flags.includes('--help') || flags.includes('-h')) return void process.stdout.write(__HELP__);
  if (flags.includes('--version') || flags.includes('-v'))
    return void process.stdout.write(`${__VERSION__}\n`);
  // Required as the build names it: the texts above are printed without loading it.
  const { main, Cancelled } = require('./main.cjs') as typeof import('./main.ts');
  const controller = new AbortController();
  process.on('SIGINT', () => controller.abort(new Cancelled(130)));
  process.on('SIGTERM', () => controller.abort(new Cancelled(143)));
  const { stdin, stdout, stderr, env } = process;
  const io: Io = { stdin, stdout, stderr, env, cwd: process.cwd(), signal: controller.signal };
  // A run that never settles must not look like one that is done.
  process.exitCode = 1;
  try {
    await main(argv, io);
    process.exitCode = 0;
  } catch (error) {
    process.exitCode = report(error);
  }
  stdin.destroy();
}

/** A reader that went away (`| head`) is no failure of ours; a full disk is. */
function unwritten({ code }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') process.exit(0);
  process.stderr.write(`The result could not be written: ${code}\n`);
  process.exit(1);
}

function report(error: unknown): number {
  const { message, exitCode, stack } = error as { message: string; exitCode?: number; stack?: string };
  const fault = `${stack ?? String(error)}\nThis is a fault of create-zero-trust. Please report it: npm bugs create-zero-trust`;
  process.stderr.write(`${exitCode === undefined ? fault : message}\n`);
  return exitCode ?? 1;
}
