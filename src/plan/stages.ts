import type { NamespacePlan, PolicyStage } from '../types/plan.ts';
import { FOREIGN } from './namespaces.ts';

/** Nobody's namespaces and the platform's. `default` is nobody's either, but anyone can make pods in it: it stays under the rules. */
export function exemptNamespaces(namespaces: NamespacePlan[], others: string[]): string[] {
  const foreign = FOREIGN.filter((name) => name !== 'default');
  const platform = namespaces.filter((one) => one.kind !== 'app').map((one) => one.name);
  return [...new Set([...foreign, ...platform, ...others])].sort();
}

/** A rule denies everywhere but in exempt and audited namespaces; where it is audited, its twin reports. */
export function policyStages(exempt: string[], audited: string[]): PolicyStage[] {
  const deny: PolicyStage = {
    suffix: '',
    action: 'Deny',
    operator: 'NotIn',
    namespaces: [...exempt, ...audited],
  };
  const audit: PolicyStage = { suffix: '-audit', action: 'Audit', operator: 'In', namespaces: audited };
  return audited.length ? [deny, audit] : [deny];
}
