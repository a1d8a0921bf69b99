import { matchesDnsName } from '../../connectivity/cilium-peers.ts';
import { connectivityOf, type Connectivity } from '../../connectivity/connectivity.ts';
import type { NetworkRule, Pod } from '../../connectivity/types.ts';
import type { Hit, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';

/** https://docs.cilium.io/en/stable/security/policy/layer7/#dns-proxy */
export const unseenHost: Rule = {
  id: 'enforce/unseen-host',
  area: 'enforce',
  severity: 'error',
  title: 'Pods that reach a host by its name ask for it where the network reads the answer',
  why: 'Cilium knows a host by the DNS answers that pass its proxy. Without a rule that sends these pods through it, the rule for the host opens nothing.',
  fix: 'Give the rule that opens port 53 to these pods `rules: { dns: [{ matchPattern: "*" }] }`.',
  check: (model) =>
    hitsOf(model, (c, pod, rule) => {
      const hosts = rule.peers
        .flatMap((peer) => peer.names)
        .filter((name) => name.startsWith('host:'))
        .map((name) => name.slice('host:'.length));
      const learned = c.network
        .isolating(pod, 'egress')
        .flatMap((policy) => policy.rules.flatMap(({ dnsNames }) => dnsNames));
      const unseen = hosts.filter((host) => !learned.some((one) => matchesDnsName(one, host)));
      return unseen.length
        ? `${pod.name} may reach ${unseen.join(', ')}, and no rule reads its DNS answers`
        : '';
    }),
};

/** https://docs.cilium.io/en/stable/security/policy/layer7/#http reads plain HTTP alone. */
export const unseenRequests: Rule = {
  id: 'enforce/unseen-requests',
  area: 'enforce',
  severity: 'error',
  title: 'Methods and paths are ruled where they can be read',
  why: 'What a mesh encrypts between its pods, the network plugin cannot read: a rule for requests then refuses every one of them.',
  fix: "Leave `rules.http` out, and rule methods and paths in the mesh's authorization policies.",
  check: (model) =>
    hitsOf(model, (_, pod, rule) =>
      rule.requests.length && pod.mesh ? `rules requests to ${pod.name}, which the mesh encrypts` : '',
    ),
};

type Look = (c: Connectivity, pod: Pod, rule: NetworkRule) => string;

/** One hit for each rule of a network policy of which something is to say, by the first pod that it is for. */
function hitsOf(model: Model, look: Look): Hit[] {
  const c = connectivityOf(model);
  return c.network.policies.flatMap((policy) =>
    policy.rules.flatMap((rule) => {
      const [found] = c.index.find(policy.subject).flatMap((pod) => look(c, pod, rule) || []);
      return found ? [hit(rule.object, rule.path, `${nameOf(rule.object)}: ${found}`)] : [];
    }),
  );
}
