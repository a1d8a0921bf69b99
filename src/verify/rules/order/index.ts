import type { Rule } from '../../model.ts';
import { blindWait } from './blind-wait.ts';
import { cycle } from './cycle.ts';
import { lateGuard } from './late-guard.ts';
import { lateNamespace } from './late-namespace.ts';
import { lateReference } from './late-reference.ts';
import { lateStart } from './late-start.ts';
import { noPrune } from './no-prune.ts';
import { notAwaited } from './not-awaited.ts';
import { permission } from './permission.ts';
import { prune } from './prune.ts';
import { serviceAccount } from './service-account.ts';
import { unknownKind } from './unknown-kind.ts';
import { waitsForLater } from './waits-for-later.ts';

/** Whether the layers come up from an empty cluster, each after what it needs. */
export const ORDER_RULES: Rule[] = [
  cycle,
  unknownKind,
  lateNamespace,
  lateStart,
  lateReference,
  lateGuard,
  serviceAccount,
  permission,
  waitsForLater,
  notAwaited,
  blindWait,
  prune,
  noPrune,
];
