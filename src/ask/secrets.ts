import type { SecretPlan } from '../types/secret-plan.ts';
import type { Asker } from './prompts.ts';

/** Values as typed: `namespace/name/key` → value; an empty line asks for a generated one. */
export interface TypedValues {
  values: Map<string, string>;
  /** Where a new key pair goes, when the user wants one. */
  keyFolder?: string;
}

/**
 * Offers to seal the repository's secrets now: values are typed without echo.
 *
 * @param hasKey whether the public half that seals was given
 */
export async function askForValues(
  secrets: SecretPlan[],
  hasKey: boolean,
  folder: string,
  asker: Asker,
): Promise<TypedValues> {
  const open = secrets.filter((secret) => !secret.sealed);
  const none = { values: new Map<string, string>() };
  if (open.length === 0) return none;
  const names = open.map((secret) => `${secret.namespace}/${secret.name}`).join(', ');
  if (!(await asker.confirm(`Seal the secrets now? (${names}) They can be sealed later.`, false)))
    return none;
  const keyFolder = hasKey ? undefined : await askForKey(folder, asker);
  if (!hasKey && keyFolder === undefined) return none;
  const values = new Map<string, string>();
  for (const secret of open) {
    for (const [id, value] of await askForKeys(secret, asker)) values.set(id, value);
  }
  return { values, ...(keyFolder !== undefined && { keyFolder }) };
}

/** The values of one secret; none when one that cannot be made up is left empty. */
async function askForKeys(secret: SecretPlan, asker: Asker): Promise<[string, string][]> {
  const typed: [string, string][] = [];
  const empty = secret.generate ? 'generate one' : 'leave it pending';
  for (const key of secret.keys) {
    const id = `${secret.namespace}/${secret.name}/${key}`;
    const value = await asker.hidden(`${id} (nothing typed: ${empty})`);
    if (!value && !secret.generate) return [];
    typed.push([id, value]);
  }
  return typed;
}

async function askForKey(folder: string, asker: Asker): Promise<string | undefined> {
  const choice = await asker.choose(
    'No public key is given to seal with.',
    [
      { value: 'make', label: 'Make a key pair', hint: 'the private half stays outside the repository' },
      { value: 'later', label: 'Seal later', hint: 'the secrets stay pending' },
    ],
    'make',
  );
  if (choice === 'later') return undefined;
  return asker.text('Which folder, outside the repository, takes the key pair?', folder, (value) =>
    value.trim() ? undefined : 'Give a folder.',
  );
}
