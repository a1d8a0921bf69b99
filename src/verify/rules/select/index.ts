import type { Rule } from '../../model.ts';
import { alert } from './alert.ts';
import { backend } from './backend.ts';
import { certificate } from './certificate.ts';
import { configMap } from './config-map.ts';
import { defaultDeny } from './default-deny.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { exception } from './exception.ts';
import { exposure } from './exposure.ts';
import { gatewayClass } from './gateway-class.ts';
import { identity } from './identity.ts';
import { ignoredLabel } from './ignored-label.ts';
import { issuer } from './issuer.ts';
import { listenerPort } from './listener-port.ts';
import { listener } from './listener.ts';
import { meshDeny } from './mesh-deny.ts';
import { namespace } from './namespace.ts';
import { optional } from './optional.ts';
import { ownPods } from './own-pods.ts';
import { peers } from './peers.ts';
import { platform } from './platform.ts';
import { podSecurity } from './pod-security.ts';
import { pods } from './pods.ts';
import { policy } from './policy.ts';
import { port } from './port.ts';
import { portName } from './port-name.ts';
import { probe } from './probe.ts';
import { principal } from './principal.ts';
import { reference } from './reference.ts';
import { referenceGrant } from './reference-grant.ts';
import { release } from './release.ts';
import { role } from './role.ts';
import { secret } from './secret.ts';
import { serviceAccount } from './service-account.ts';
import { solver } from './solver.ts';
import { spread } from './spread.ts';
import { subject } from './subject.ts';
import { target } from './target.ts';
import { volume } from './volume.ts';
import { workload } from './workload.ts';

/** What is named, selected or declared is there. */
export const SELECT_RULES: Rule[] = [
  pods,
  peers,
  ignoredLabel,
  ownPods,
  spread,
  port,
  portName,
  probe,
  volume,
  target,
  listener,
  listenerPort,
  backend,
  referenceGrant,
  certificate,
  gatewayClass,
  secret,
  configMap,
  optional,
  serviceAccount,
  solver,
  subject,
  role,
  principal,
  issuer,
  policy,
  exception,
  namespace,
  reference,
  alert,
  defaultDeny,
  meshDeny,
  podSecurity,
  identity,
  workload,
  platform,
  exposure,
  disruptionBudget,
  release,
];
