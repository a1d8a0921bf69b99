import type { InputValue } from '../types/catalog.ts';

type Values = Record<string, InputValue | null | undefined>;

/** Replaces `{name}` in every string of a manifest's value. Throws on a name that is not there. */
export function interpolate<T>(value: T, values: Values): T {
  if (typeof value === 'string') return fill(value, values) as T;
  if (Array.isArray(value)) return value.map((item) => interpolate(item, values)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, interpolate(item, values)]),
  ) as T;
}

function fill(text: string, values: Values): string {
  return text.replace(/\{([a-z]\w*)\}/gi, (whole, name: string) => {
    const value = values[name];
    if (value === undefined || value === null)
      throw new Error(`"${text}" asks for ${whole}, which is not known`);
    return String(value);
  });
}
