import type { Namespace } from '../blueprint/service.ts';
import type { InputValue } from '../types/catalog.ts';
import type { AccessPlan, NamespacePlan } from '../types/plan.ts';
import { GATEWAY_NAMESPACE } from './namespaces.ts';
import { list } from './values.ts';

interface Known {
  namespaces: NamespacePlan[];
  declared: Namespace[];
  inputs: Record<string, InputValue | null>;
}

/** What groups of people may do, one entry per role that somebody has. Without groups there is none. */
export function planAccess({ namespaces, declared, inputs }: Known): AccessPlan[] {
  const apps = namespaces.filter((one) => one.kind === 'app').map((one) => one.name);
  const inEach = (names: string[], input: string) =>
    names.map((namespace) => ({ namespace, groups: list(inputs[input]) }));
  const own = (key: keyof Namespace['groups']) =>
    declared.map((one) => ({ namespace: one.name, groups: one.groups[key] }));
  const roles = {
    'gateway-admin': inEach([GATEWAY_NAMESPACE], 'gatewayAdmins'),
    'on-call': inEach(apps, 'onCall'),
    auditor: inEach([''], 'auditors'),
    viewer: own('viewers'),
    developer: own('developers'),
    'route-editor': own('routeEditors'),
  };
  return Object.entries(roles)
    .map(([role, all]) => ({ role, bindings: all.filter((one) => one.groups.length) }))
    .filter((one) => one.bindings.length);
}
