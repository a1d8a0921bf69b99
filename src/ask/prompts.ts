import { Cancelled, canAsk, type Io } from '../io.ts';

/** The terminal that questions are asked on. Questions go to standard error: standard output is the result's. */
export interface Asker {
  choose: (message: string, options: Option[], initial: string) => Promise<string>;
  text: (
    message: string,
    initial: string,
    validate: (value: string) => string | undefined,
  ) => Promise<string>;
  confirm: (message: string, initial: boolean) => Promise<boolean>;
  hidden: (message: string) => Promise<string>;
  note: (message: string, title: string) => void;
  warn: (message: string) => void;
  spin: (message: string) => {
    message: (text: string) => void;
    stop: (text: string) => void;
    error: (text: string) => void;
  };
}

export interface Option {
  value: string;
  label: string;
  hint?: string;
  disabled?: boolean;
}

/** The asker of a terminal, or nothing when nobody may or can be asked. */
export async function askerOf(io: Io, flags: Record<string, unknown>): Promise<Asker | undefined> {
  if (!canAsk(io, flags)) return undefined;
  // Loaded when there is someone to ask: automation never is.
  const { confirm, isCancel, log, note, password, select, spinner, text, updateSettings } =
    await import('@clack/prompts');
  // The end of input closes the line reader before the prompt hears of it.
  updateSettings({ aliases: { '\x04': 'cancel' } });
  const controller = new AbortController();
  // At the end of input a prompt would wait for ever.
  io.stdin.once('end', () => controller.abort());
  const signal = AbortSignal.any([io.signal, controller.signal]);
  const common = { input: io.stdin, output: io.stderr, signal };
  const answer = <T>(value: T): Exclude<T, symbol> => {
    io.signal.throwIfAborted();
    if (isCancel(value)) throw new Cancelled();
    return value as Exclude<T, symbol>;
  };
  return {
    choose: async (message, options, initial) =>
      answer(await select({ ...common, message, options, initialValue: initial })),
    text: async (message, initial, validate) =>
      answer(
        await text({
          ...common,
          message,
          placeholder: initial,
          defaultValue: initial,
          validate: (value) => validate(value || initial),
        }),
      ),
    confirm: async (message, initial) => answer(await confirm({ ...common, message, initialValue: initial })),
    hidden: async (message) => answer(await password({ ...common, message })) ?? '',
    note: (message, title) => note(message, title, common),
    warn: (message) => log.warn(message, common),
    spin: (message) => {
      const line = spinner(common);
      line.start(message);
      return line;
    },
  };
}

/** Shows one moving line while the work goes on; without a terminal, nothing. */
export async function progress<T>(
  asker: Asker | undefined,
  title: string,
  work: (say: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (!asker) return work(() => {});
  const line = asker.spin(title);
  try {
    const result = await work((text) => line.message(text));
    line.stop(`${title}: done`);
    return result;
  } catch (error) {
    line.error(`${title}: failed`);
    throw error;
  }
}
