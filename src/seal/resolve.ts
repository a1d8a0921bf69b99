import { didYouMean } from '../suggest.ts';
import { UserError } from '../error.ts';
import type { DeclaredSecret, GivenValue } from './types.ts';

interface Resolved {
  secret: DeclaredSecret;
  key: string;
}

/**
 * Finds the declared secret and key that `NAME/KEY` or `NAMESPACE/NAME/KEY` means.
 * Throws a UserError that does not repeat what was given: a line of a key file on standard input would pass for a name.
 */
export function resolveId(
  declared: DeclaredSecret[],
  { id, where }: Pick<GivenValue, 'id' | 'where'>,
): Resolved {
  const parts = id.split('/');
  const key = parts.pop()!;
  const name = parts.join('/');
  const found = declared.filter(
    (secret) => name === secret.name || name === `${secret.namespace}/${secret.name}`,
  );
  const [secret, another] = found;
  if (!secret) throw new UserError(`${where}: ${unknownSecret(declared, name)}`, 2);
  if (another) {
    const full = found.map(({ namespace }) => `${namespace}/${secret.name}`);
    throw new UserError(
      `${where}: several secrets are named ${secret.name}. Write ${full.join(' or ')} before the key.`,
      2,
    );
  }
  if (secret.keys.includes(key)) return { secret, key };
  const hint = didYouMean(key, secret.keys);
  throw new UserError(
    `${where}: ${secret.name} has no such key.${hint} Allowed: ${secret.keys.join(', ')}.`,
    2,
  );
}

function unknownSecret(declared: DeclaredSecret[], name: string): string {
  const full = declared.map((secret) => `${secret.namespace}/${secret.name}`);
  if (full.length === 0) return 'no secret is declared, so no value can be given.';
  const hint = didYouMean(name, name.includes('/') ? full : declared.map((secret) => secret.name));
  return `there is no such secret.${hint} Allowed: ${full.map((one) => `${one}/KEY`).join(', ')}.`;
}
