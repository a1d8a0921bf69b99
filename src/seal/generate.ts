import { randomBytes } from 'node:crypto';
import { UserError } from '../error.ts';

/** A random value of `length` characters (16 to 4096) from the 64 of base64url, each as likely as the others. */
export function generateValue(length = 32): string {
  if (!Number.isInteger(length) || length < 16 || length > 4096) {
    throw new UserError(
      'the length of a generated value is a whole number of characters from 16 to 4096.',
      2,
    );
  }
  return randomBytes(length).toString('base64url').slice(0, length);
}
