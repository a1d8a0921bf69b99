import type { Rule } from '../../model.ts';
import { clusterAdmin } from './cluster-admin.ts';
import { duplicateHostname } from './duplicate-hostname.ts';
import { engine } from './engine.ts';
import { exception } from './exception.ts';
import { expired } from './expired.ts';
import { externalName } from './external-name.ts';
import { failurePolicy } from './failure-policy.ts';
import { gatewayOpen } from './gateway-open.ts';
import { grants } from './grants.ts';
import { hardening } from './hardening.ts';
import { hostAccess } from './host-access.ts';
import { imageDigest } from './image-digest.ts';
import { imageTag } from './image-tag.ts';
import { meshOptOut } from './mesh-opt-out.ts';
import { mutualTls } from './mutual-tls.ts';
import { plainHttp } from './plain-http.ts';
import { podSecurityLevel } from './pod-security-level.ts';
import { policyLists } from './policy-lists.ts';
import { policyMissing } from './policy-missing.ts';
import { policyScope } from './policy-scope.ts';
import { policyStage } from './policy-stage.ts';
import { policyTypes } from './policy-types.ts';
import { rbacEscalation } from './rbac-escalation.ts';
import { rbacWildcard } from './rbac-wildcard.ts';
import { resources } from './resources.ts';
import { serviceType } from './service-type.ts';
import { token } from './token.ts';

/** Controls bite where the graph says that they do. */
export const ENFORCE_RULES: Rule[] = [
  policyStage,
  policyScope,
  policyMissing,
  policyLists,
  failurePolicy,
  exception,
  expired,
  podSecurityLevel,
  hardening,
  hostAccess,
  resources,
  imageTag,
  imageDigest,
  rbacWildcard,
  rbacEscalation,
  clusterAdmin,
  grants,
  token,
  engine,
  meshOptOut,
  mutualTls,
  policyTypes,
  gatewayOpen,
  duplicateHostname,
  plainHttp,
  serviceType,
  externalName,
];
