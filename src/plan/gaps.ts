import type { Service } from '../blueprint/service.ts';
import type { InputValue } from '../types/catalog.ts';
import type { Flow } from '../types/connections.ts';
import type { Gap, NamespacePlan } from '../types/plan.ts';
import type { HostPlan } from '../types/gateway-plan.ts';
import type { SignaturePlan } from '../types/signature-plan.ts';
import { findService } from './graph.ts';
import { imagesOf } from './images.ts';

interface Declared {
  services: Service[];
  namespaces: NamespacePlan[];
  capabilities: string[];
  flows: Flow[];
  signatures: SignaturePlan | null;
  hosts: HostPlan[];
  inputs: Record<string, InputValue | null>;
}

interface GapRule {
  id: string;
  control: string;
  /** The capability that would close the gap; absent where none can. */
  capability?: string;
  /** What was declared, one line each; nothing declared is no gap. */
  items: (declared: Declared) => string[];
  reason: string;
}

const READS_SIGNATURES = 'image-signatures';

const RULES: GapRule[] = [
  {
    id: 'mtls',
    control: 'encryption and proof of identity between services',
    capability: 'mtls',
    items: ({ services }) => services.map((one) => one.name),
    reason:
      'no chosen component encrypts traffic inside the cluster: it is as private as the network it crosses.',
  },
  {
    id: 'http-rules',
    control: 'methods and paths of calls',
    capability: 'http-rules',
    items: ({ services }) =>
      services.flatMap((one) =>
        one.calls
          .filter((call) => (call.methods || call.paths) && findService(services, one, call.to))
          .map((call) => `${one.name} → ${call.to}`),
      ),
    reason:
      'no chosen component sees HTTP between services: the port is open to the caller for every request.',
  },
  {
    id: 'egress-hosts',
    control: 'egress to named hosts alone',
    capability: 'egress-hosts',
    items: ({ flows }) => [
      ...new Set(
        flows
          .filter((one) => one.to.kind === 'host')
          .map(({ from, to, port }) => `${from.id.split('/').at(-1)} → ${to.host}:${port}`),
      ),
    ],
    reason: 'the chosen network policies cannot name hosts: that port is open to every public address.',
  },
  ...(
    [
      ['jwt', 'a valid token with every request', 'jwtIssuer'],
      ['rate-limit', 'a limit of requests', 'rateLimit'],
      ['request-size', 'a limit of the size of requests', 'maxRequestBody'],
    ] as const
  ).map(([id, control, input]): GapRule => ({
    id,
    control,
    capability: id,
    items: ({ hosts, inputs }) => (inputs[input] ? hosts.map((one) => one.host) : []),
    reason: 'the chosen gateway cannot do it: services behind it must.',
  })),
  {
    id: READS_SIGNATURES,
    control: 'images signed by a known identity',
    capability: READS_SIGNATURES,
    items: ({ signatures }) => signatures?.prefixes ?? [],
    reason:
      'the chosen policy engine asks no registry, so it admits unsigned images; where a pipeline is chosen, it verifies those that this repository names before a merge.',
  },
  {
    id: 'root',
    control: 'containers without root',
    items: ({ services }) =>
      services.flatMap((one) =>
        one.root ? [`${one.name}: ${one.root.reason} (${one.root.owner}, until ${one.root.expires})`] : [],
      ),
    reason: 'the image starts as root; its namespace is lowered from restricted to baseline.',
  },
  {
    id: 'digest',
    control: 'images by digest',
    items: ({ services }) => imagesOf(services).filter((image) => !image.includes('@sha256:')),
    reason: 'a tag can be moved to another image; the digest rule only reports in these namespaces.',
  },
  {
    id: 'stage',
    control: 'enforcement',
    items: ({ namespaces }) =>
      namespaces.flatMap((one) =>
        Object.entries(one.stages)
          .filter(([, stage]) => stage === 'audit')
          .map(([control]) => `${one.name}: ${control}`),
      ),
    reason: 'the stage is audit: what breaks the rule is reported, not refused (network: not denied at all).',
  },
];

/** Declared controls that no chosen component enforces. Never empty silence: each has its items and reason. */
export function findGaps(declared: Declared): Gap[] {
  return RULES.filter((rule) => !rule.capability || !declared.capabilities.includes(rule.capability))
    .map((rule) => ({ id: rule.id, control: rule.control, items: rule.items(declared), reason: rule.reason }))
    .filter((gap) => gap.items.length > 0);
}
