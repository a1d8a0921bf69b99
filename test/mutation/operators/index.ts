import type { Operators } from '../mutant.ts';
import { ADMISSION } from './admission.ts';
import { DECLARATION } from './declaration.ts';
import { FRESH } from './fresh.ts';
import { GATEKEEPER } from './gatekeeper.ts';
import { GATEWAY } from './gateway.ts';
import { MESH } from './mesh.ts';
import { NETWORK } from './network.ts';
import { ORDER } from './order.ts';
import { RBAC } from './rbac.ts';
import { REACH } from './reach.ts';
import { SECRETS } from './secrets.ts';
import { SELECT } from './select.ts';
import { WORKLOAD } from './workload.ts';

/** Every kind of mistake, by name: `what it harms/how`. */
export const OPERATORS: Operators = {
  ...REACH,
  ...ORDER,
  ...SELECT,
  ...NETWORK,
  ...MESH,
  ...DECLARATION,
  ...ADMISSION,
  ...GATEKEEPER,
  ...WORKLOAD,
  ...RBAC,
  ...GATEWAY,
  ...SECRETS,
  ...FRESH,
};
