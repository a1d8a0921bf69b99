import type { Rule } from '../../model.ts';
import { credential } from './credential.ts';
import { decryption } from './decryption.ts';
import { fetched } from './fetched.ts';
import { keys } from './keys.ts';
import { orphan } from './orphan.ts';
import { pending } from './pending.ts';
import { plaintext } from './plaintext.ts';
import { privateKey } from './private-key.ts';
import { sealed } from './sealed.ts';
import { storeScope } from './store-scope.ts';
import { storeToken } from './store-token.ts';
import { store } from './store.ts';
import { sops } from './sops.ts';
import { sopsConfig } from './sops-config.ts';

/** No secret in plain text, and every encrypted one can be decrypted where it is needed. */
export const SECRETS_RULES: Rule[] = [
  plaintext,
  credential,
  privateKey,
  sealed,
  sops,
  sopsConfig,
  decryption,
  keys,
  store,
  storeScope,
  storeToken,
  fetched,
  orphan,
  pending,
];
