import type { KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, ofKind, records, text, texts, type Path } from '../../selectors.ts';
import { METADATA_ADDRESSES } from '../../../blueprint/fields.ts';
import { addressesOf, contains } from '../../connectivity/address.ts';

/** Entities of Cilium that it belongs to: https://docs.cilium.io/en/stable/security/policy/language/#entities-based */
const ENTITIES = ['world', 'world-ipv4', 'world-ipv6', 'all'];

/** https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html */
export const metadataAddress: Rule = {
  id: 'enforce/metadata-address',
  area: 'enforce',
  severity: 'error',
  title: "The cloud's metadata address is shut",
  why: 'Whoever makes a pod ask 169.254.169.254 gets the credentials of its node.',
  fix: 'Leave the address out with `except`. A service that needs it declares exactly that address as egress in zero-trust.yaml.',
  *check(model) {
    for (const [object, path, rule] of egressRules(model))
      for (const address of METADATA_ADDRESSES) {
        if (!opens(object, rule, address) || isOnPurpose(model, object, address)) continue;
        yield hit(object, path, `${nameOf(object)}: egress rule ${Number(path.at(-1)) + 1} opens ${address}`);
      }
  },
};

type Body = Record<string, unknown>;

function* egressRules(model: Model): Generator<[KubernetesObject, Path, Body]> {
  const kinds = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'].map((one) => `cilium.io/${one}`);
  for (const object of ofKind(model, 'networking.k8s.io/NetworkPolicy', ...kinds)) {
    const specs: Path[] = [['spec'], ...records(object.body['specs']).map((_, index) => ['specs', index])];
    for (const at of specs)
      for (const [index, rule] of records(dig(object.body, ...at, 'egress')).entries())
        yield [object, [...at, 'egress', index], rule];
  }
}

/** The metadata answer on port 80 of TCP alone; a rule without ports is for all of them. */
function opensPort(rule: Body): boolean {
  const list = [
    ...records(rule['ports']),
    ...records(rule['toPorts']).flatMap((one) => records(one['ports'])),
  ];
  return (
    list.length === 0 ||
    list.some(({ port, endPort, protocol = 'TCP' }) => {
      const [first, last] = [Number(port ?? 0), Number(endPort ?? port ?? 0)];
      return ['TCP', 'ANY'].includes(String(protocol)) && (first === 0 || (first <= 80 && 80 <= last));
    })
  );
}

/** Whether a rule lets an address through: by a network, by an entity, or because it names no end at all. */
function opens({ group }: KubernetesObject, rule: Body, address: string): boolean {
  if (!opensPort(rule)) return false;
  const ends = Object.keys(rule).filter(
    (key) => key !== 'toPorts' && key.startsWith('to') && dig(rule, key, 0) !== undefined,
  );
  // Of an empty rule Cilium makes nothing, Kubernetes everything.
  if (!ends.length) return group !== 'cilium.io' || 'toPorts' in rule;
  const blocks = [
    ...records(rule['to']).map((one) => one['ipBlock']),
    ...records(rule['toCIDRSet']),
    ...texts(rule['toCIDR']).map((cidr) => ({ cidr })),
  ];
  return (
    texts(rule['toEntities']).some((one) => ENTITIES.includes(one)) ||
    blocks.some((one) =>
      contains(addressesOf(text(dig(one, 'cidr')), texts(dig(one, 'except'))), addressesOf(address)),
    )
  );
}

/** Exactly that address, declared by a service of the namespace. */
const isOnPurpose = (model: Model, { namespace }: KubernetesObject, address: string): boolean =>
  model.blueprint.services.some(
    (service) =>
      service.namespace === namespace &&
      service.egress.some((one) => 'cidr' in one && one.cidr.replace(/\/(32|128)$/, '') === address),
  );
