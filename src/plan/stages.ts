import type { NamespacePlan, PolicyStage } from '../types/plan.ts';
import type { ServicePlan } from '../types/service-plan.ts';
import { FOREIGN } from './namespaces.ts';

/** Nobody's namespaces and the platform's. `default` is nobody's either, but anyone can make pods in it: it stays under the rules. */
export function exemptNamespaces(namespaces: NamespacePlan[], others: string[]): string[] {
  const foreign = FOREIGN.filter((name) => name !== 'default');
  const platform = namespaces.filter((one) => one.kind !== 'app').map((one) => one.name);
  return [...new Set([...foreign, ...platform, ...others])].sort();
}

/** A rule denies everywhere but in exempt and audited namespaces; where it is audited, its twin reports. */
export function policyStages(exempt: string[], audited: string[], roots: ServicePlan[]): PolicyStage[] {
  const isAudited = (one: ServicePlan) => audited.includes(one.namespace);
  const deny: PolicyStage = {
    suffix: '',
    action: 'Deny',
    operator: 'NotIn',
    namespaces: [...exempt, ...audited],
    ...rootsOf(roots.filter((one) => !isAudited(one))),
  };
  const audit: PolicyStage = {
    suffix: '-audit',
    action: 'Audit',
    operator: 'In',
    namespaces: audited,
    ...rootsOf(roots.filter(isAudited)),
  };
  return audited.length ? [deny, audit] : [deny];
}

const rootsOf = (roots: ServicePlan[]) => ({
  roots,
  capable: roots.filter((one) => one.root!.capabilities.length),
});
