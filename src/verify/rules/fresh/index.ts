import type { Rule } from '../../model.ts';
import { deadHost } from './dead-host.ts';
import { legacyHost } from './legacy-host.ts';
import { outdatedApi } from './outdated-api.ts';
import { pinned } from './pinned.ts';
import { removedApi } from './removed-api.ts';
import { source } from './source.ts';
import { tested } from './tested.ts';
import { unknownApi } from './unknown-api.ts';
import { untested } from './untested.ts';

/** Nothing is used that is gone or about to go. */
export const FRESH_RULES: Rule[] = [
  removedApi,
  unknownApi,
  outdatedApi,
  deadHost,
  legacyHost,
  source,
  pinned,
  untested,
  tested,
];
