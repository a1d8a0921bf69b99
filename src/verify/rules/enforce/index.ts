import type { Rule } from '../../model.ts';
import { clusterAdmin } from './cluster-admin.ts';
import { duplicateHostname } from './duplicate-hostname.ts';
import { engine } from './engine.ts';
import { exception } from './exception.ts';
import { exceptionScope } from './exception-scope.ts';
import { expired } from './expired.ts';
import { externalName } from './external-name.ts';
import { expansion } from './expansion.ts';
import { failurePolicy } from './failure-policy.ts';
import { gatewayLimits } from './gateway-limits.ts';
import { gatewayOpen } from './gateway-open.ts';
import { gatewayToken } from './gateway-token.ts';
import { gatewayService } from './gateway-service.ts';
import { grants } from './grants.ts';
import { hardening } from './hardening.ts';
import { hostAccess } from './host-access.ts';
import { hostnamePolicy } from './hostname-policy.ts';
import { imageDigest } from './image-digest.ts';
import { imageRegistry } from './image-registry.ts';
import { imageTag } from './image-tag.ts';
import { meshConfig } from './mesh-config.ts';
import { meshOptOut } from './mesh-opt-out.ts';
import { metadataAddress } from './metadata-address.ts';
import { mutualTls } from './mutual-tls.ts';
import { plainHttp } from './plain-http.ts';
import { podSecurityLevel } from './pod-security-level.ts';
import { policyIdle } from './policy-idle.ts';
import { policyLists } from './policy-lists.ts';
import { policyMissing } from './policy-missing.ts';
import { policyScope } from './policy-scope.ts';
import { policyStage } from './policy-stage.ts';
import { policyTypes } from './policy-types.ts';
import { quota } from './quota.ts';
import { rbacEscalation } from './rbac-escalation.ts';
import { rbacGroup } from './rbac-group.ts';
import { rbacWildcard } from './rbac-wildcard.ts';
import { rbacWrite } from './rbac-write.ts';
import { resources } from './resources.ts';
import { routeSettings } from './route-settings.ts';
import { runAs } from './run-as.ts';
import { signatures } from './signatures.ts';
import { signer } from './signer.ts';
import { serviceType } from './service-type.ts';
import { tlsVersion } from './tls-version.ts';
import { token } from './token.ts';
import { unseenHost, unseenRequests } from './unseen.ts';
import { unusedTemplate } from './unused-template.ts';

/** Controls bite where the graph says that they do. */
export const ENFORCE_RULES: Rule[] = [
  policyStage,
  policyScope,
  policyMissing,
  policyIdle,
  unusedTemplate,
  expansion,
  policyLists,
  failurePolicy,
  exception,
  exceptionScope,
  expired,
  podSecurityLevel,
  hardening,
  runAs,
  hostAccess,
  resources,
  imageTag,
  imageDigest,
  imageRegistry,
  signatures,
  signer,
  rbacWildcard,
  rbacEscalation,
  rbacGroup,
  rbacWrite,
  clusterAdmin,
  grants,
  token,
  engine,
  meshOptOut,
  mutualTls,
  meshConfig,
  policyTypes,
  unseenHost,
  unseenRequests,
  gatewayOpen,
  hostnamePolicy,
  gatewayToken,
  gatewayLimits,
  routeSettings,
  duplicateHostname,
  plainHttp,
  tlsVersion,
  serviceType,
  gatewayService,
  quota,
  metadataAddress,
  externalName,
];
