import type { KubernetesObject } from '../../model.ts';

export interface Control {
  name: string;
  /** What the ids of the rules begin with that prove it. */
  rules: string[];
  /** What it is made of. */
  is: (object: KubernetesObject) => boolean;
}

const ofGroup =
  (...groups: string[]) =>
  ({ group }: KubernetesObject) =>
    groups.some((one) => group === one || group.endsWith(`.${one}`));
const ofKind =
  (...kinds: string[]) =>
  ({ kind }: KubernetesObject) =>
    kinds.includes(kind);

/** Controls, by what API groups mean. An object that none of these knows is no security object. */
export const CONTROLS: Control[] = [
  {
    name: 'Segmentation of the network',
    rules: ['graph/', 'select/default-deny', 'select/peers', 'enforce/policy-types'],
    is: ofKind('NetworkPolicy', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'),
  },
  {
    name: 'Identity, encryption and authorization between services',
    rules: ['graph/', 'enforce/mutual-tls', 'enforce/mesh-opt-out', 'select/mesh-deny', 'select/principal'],
    is: ofGroup('security.istio.io', 'policy.linkerd.io'),
  },
  {
    name: 'Pod Security',
    rules: ['select/pod-security', 'enforce/pod-security', 'enforce/hardening', 'enforce/host-access'],
    is: ({ labels }) => Object.keys(labels).some((key) => key.startsWith('pod-security.kubernetes.io/')),
  },
  {
    name: 'Admission policies',
    rules: [
      'enforce/policy',
      'enforce/failure-policy',
      'enforce/exce',
      'enforce/expired',
      'select/exception',
    ],
    is: ofGroup('kyverno.io', 'gatekeeper.sh', 'admissionregistration.k8s.io'),
  },
  {
    name: 'Images',
    rules: ['enforce/image'],
    is: ofKind('Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod'),
  },
  {
    name: 'Least privilege',
    rules: ['enforce/rbac', 'enforce/cluster-admin', 'enforce/grants', 'enforce/token', 'select/role'],
    is: ofGroup('rbac.authorization.k8s.io'),
  },
  {
    name: 'Secrets',
    rules: ['secrets/', 'select/secret'],
    is: (object) => object.kind === 'Secret' || ofGroup('bitnami.com', 'external-secrets.io')(object),
  },
  {
    name: 'Certificates',
    rules: ['select/issuer', 'select/certificate'],
    is: ofGroup('cert-manager.io'),
  },
  {
    name: 'Entry from outside',
    rules: [
      'enforce/gateway',
      'enforce/hostname-policy',
      'enforce/route-settings',
      'enforce/duplicate-hostname',
      'enforce/plain-http',
      'select/listener',
    ],
    is: ofGroup('gateway.networking.k8s.io', 'gateway.envoyproxy.io'),
  },
  {
    name: 'Order and reach of what is applied',
    rules: ['reach/', 'order/'],
    is: ofGroup('toolkit.fluxcd.io', 'argoproj.io'),
  },
  { name: 'Current versions', rules: ['fresh/'], is: ofKind('HelmRelease') },
];
