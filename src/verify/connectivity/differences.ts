import type { Model } from '../model.ts';
import { blockedFlows, type Block } from './blocked.ts';
import { connectivityOf } from './connectivity.ts';
import { authorizationOpenings, unguardedOpenings } from './mesh-openings.ts';
import { isolationOpenings, networkOpenings } from './network-openings.ts';
import type { Opening } from './opening.ts';
import { plaintext, type Plaintext } from './plaintext.ts';
import { registryOpenings } from './registry-openings.ts';
import { requestDifferences, type RequestDifference } from './requests.ts';

/** All in which what the policies do together differs from the declared graph. */
export interface Differences {
  blocked: Block[];
  openings: Opening[];
  requests: RequestDifference[];
  plaintext: Plaintext[];
}

const known = new WeakMap<Model, Differences>();

/** Compares the effective with the declared graph, once per model. */
export function differencesOf(model: Model): Differences {
  const found = known.get(model) ?? compare(model);
  known.set(model, found);
  return found;
}

function compare(model: Model): Differences {
  const c = connectivityOf(model);
  return {
    blocked: blockedFlows(c),
    openings: [
      ...isolationOpenings(c),
      ...networkOpenings(c),
      ...unguardedOpenings(c),
      ...authorizationOpenings(c),
      ...registryOpenings(c),
    ],
    requests: requestDifferences(c, model.declared),
    plaintext: plaintext(model, c),
  };
}
