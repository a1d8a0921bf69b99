import type { Rule } from '../../model.ts';
import { find } from '../select/find.ts';

/** Kinds of which a Secret becomes one in the cluster. */
const KINDS = ['SealedSecret', 'Secret', 'ExternalSecret'];

export const pending: Rule = {
  id: 'secrets/pending',
  area: 'secrets',
  severity: 'note',
  title: 'A declared secret has a value',
  why: 'What reads the secret does not start, or does without.',
  fix: 'Give the value: `npm create zero-trust@latest -- seal .` asks for it.',
  *check(model) {
    const { secrets, pending: open } = model.declared;
    const stored = secrets.some((one) => one.command);
    for (const { namespace, name, keys, why, path } of secrets) {
      if (model.files.has(path) || KINDS.some((kind) => find(model, kind, namespace, name))) continue;
      const id = `${namespace}/${name}`;
      const item = open.find((one) => one.id === `secret ${id}`);
      // Where a store keeps values, its address is what is missing, and has a rule of its own.
      if (!item && stored) continue;
      const message = `Secret ${id} (${keys.join(', ')}) has no value: ${why}`;
      yield { file: 'zero-trust.yaml', object: `Secret ${id}`, message, ...(item && { fix: item.command }) };
    }
  },
};
