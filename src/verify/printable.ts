/**
 * Makes every map of a value from YAML printable, in place. One whose keys are `toString` or `valueOf` hides what JavaScript prints
 * it with, and whoever compares it as text would throw.
 */
export function printable<T>(value: T, seen = new Set<unknown>()): T {
  if (typeof value !== 'object' || value === null || seen.has(value)) return value;
  seen.add(value);
  if (Array.isArray(value)) for (const item of value) printable(item, seen);
  else {
    if (HIDING.some((key) => Object.hasOwn(value, key)))
      // Enumerable, so that copies have it too; no reader of keys looks at symbols.
      Object.defineProperty(value, Symbol.toPrimitive, { value: print, enumerable: true });
    for (const item of Object.values(value)) printable(item, seen);
  }
  return value;
}

const HIDING = ['toString', 'valueOf'];
const print = () => '[object Object]';
