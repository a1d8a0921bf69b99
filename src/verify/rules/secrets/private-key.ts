import type { Rule } from '../../model.ts';
import { privateKeysIn } from '../../secrets/formats.ts';
import { positionAt } from '../../secrets/position.ts';

/** Keys that decrypt, sign or log in. */
export const privateKey: Rule = {
  id: 'secrets/private-key',
  area: 'secrets',
  severity: 'error',
  title: 'No private key lies in the repository',
  why: 'Whoever has the key that decrypts has every secret, those of the past too.',
  fix: 'Make a new key, seal every secret again, and take this one out of the history.',
  *check({ files }) {
    for (const [file, text] of files)
      for (const { what, index } of privateKeysIn(text))
        yield { file, position: positionAt(text, index), message: `${file}: holds ${what}` };
  },
};
