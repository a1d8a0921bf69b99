import type { Arguments } from '../arguments/parse.ts';
import { UserError } from '../error.ts';
import type { Io } from '../io.ts';

/** Tells why one end may or may not reach another: each layer's verdict, and the object behind it. */
export function explain(_: Arguments, __: Io): void {
  throw new UserError('explain is not built yet.');
}
