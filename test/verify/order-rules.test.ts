import { describe, expect, it } from 'vitest';
import type { Files } from '../../src/types/files.ts';
import { readModel } from '../../src/verify/read.ts';
import { ORDER_RULES } from '../../src/verify/rules/order/index.ts';
import { scenario } from '../mutation/repository.ts';
import { catalog } from '../support.ts';

type Change = string | null | ((text: string) => string);

const scenarios = new Map<string, Files>();
function filesOf(name: string): Files {
  const files = scenarios.get(name) ?? scenario(name).files;
  scenarios.set(name, files);
  return new Map(files);
}

function changed(name: string, changes: Record<string, Change>): Files {
  const files = filesOf(name);
  for (const [path, change] of Object.entries(changes)) {
    const text = typeof change === 'function' ? change(files.get(path)!) : change;
    if (text === null) files.delete(path);
    else files.set(path, text);
  }
  return files;
}

const replace = (from: string | RegExp, to: string) => (text: string) => {
  const after = text.replace(from, to);
  if (after === text) throw new Error(`the fixture has no ${from}`);
  return after;
};
const append = (more: string) => (text: string) => `${text}${more}`;
const dropWait = (name: string) => replace(`    - name: ${name}\n`, '');

function hits(files: Files, rules = ORDER_RULES) {
  const model = readModel(files, catalog);
  return rules.flatMap((rule) => [...rule.check(model)].map((hit) => ({ rule: rule.id, ...hit })));
}

const FLUX = 'clusters/my-cluster';
const OTHER = 'clusters/other-options';
const CONTROLLERS = 'infrastructure/controllers';
const KIND = (group: string, kind: string) =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: x, annotations: { kustomize.toolkit.fluxcd.io/prune: disabled } }\nspec: { group: ${group}, names: { kind: ${kind} } }\n`;
const OBJECT = (group: string, kind: string) =>
  `apiVersion: ${group}/v1\nkind: ${kind}\nmetadata: { name: x }\n`;

interface Case {
  rule: string;
  what: string;
  scenario?: string;
  changes: Record<string, Change>;
  file: string;
  line?: number;
  message: string;
  fix?: string;
}

const CASES: Case[] = [
  {
    rule: 'order/cycle',
    what: 'two layers that wait for each other',
    changes: {
      [`${FLUX}/namespaces.yaml`]: replace('  sourceRef', '  dependsOn:\n    - name: apps\n  sourceRef'),
    },
    file: `${FLUX}/namespaces.yaml`,
    line: 12,
    message: 'layer namespaces waits for apps, which waits for namespaces',
  },
  {
    rule: 'order/cycle',
    what: 'a layer that waits for itself',
    changes: { [`${FLUX}/rbac.yaml`]: replace('- name: namespaces', '- name: rbac') },
    file: `${FLUX}/rbac.yaml`,
    message: 'layer rbac waits for rbac',
  },
  {
    rule: 'order/unknown-kind',
    what: 'a Gateway of GKE without anything that only GKE has',
    scenario: 'gke',
    changes: {
      'infrastructure/edge/policies.yaml': null,
      'infrastructure/edge/gateway.yaml': replace(/---[\s\S]*$/, ''),
      'infrastructure/edge/kustomization.yaml': replace('  - policies.yaml\n', ''),
    },
    file: 'infrastructure/edge/gateway.yaml',
    message: 'Gateway gateway/edge is of gateway.networking.k8s.io, which nothing of the repository brings',
  },
  {
    rule: 'order/unknown-kind',
    what: 'a kind of a chart in a layer that is not waited for',
    changes: { [`${FLUX}/certificates.yaml`]: dropWait('cert-manager') },
    file: 'security/certificates/api.example.com.yaml',
    message: 'which layer cert-manager brings, and layer certificates does not wait for it',
    fix: 'add "- name: cert-manager" to dependsOn of layer certificates in clusters/my-cluster/certificates.yaml',
  },
  {
    rule: 'order/unknown-kind',
    what: 'a kind of a source in a layer that is not waited for',
    changes: { [`${FLUX}/policy-engine.yaml`]: dropWait('policy-kinds') },
    file: 'security/kyverno/allowed-registries.yaml',
    message: 'which layer policy-kinds brings, and layer policies does not wait for it',
  },
  {
    rule: 'order/unknown-kind',
    what: 'a kind beside the release that brings it',
    changes: {
      [`${CONTROLLERS}/cert-manager/kustomization.yaml`]: append('  - issuer.yaml\n'),
      [`${CONTROLLERS}/cert-manager/issuer.yaml`]: OBJECT('cert-manager.io', 'ClusterIssuer'),
    },
    file: `${CONTROLLERS}/cert-manager/issuer.yaml`,
    message: 'which HelmRelease flux-system/cert-manager of the same layer brings',
  },
  {
    rule: 'order/unknown-kind',
    what: 'a chart that is told not to install its kinds',
    changes: {
      [`${CONTROLLERS}/cert-manager/cert-manager.yaml`]: replace(
        'crds:\n      enabled: true',
        'crds:\n      enabled: false',
      ),
    },
    file: 'security/certificates/api.example.com.yaml',
    message: 'of cert-manager.io, which nothing of the repository brings',
  },
  {
    rule: 'order/unknown-kind',
    what: 'kinds of a chart that Flux is told to skip',
    changes: {
      [`${CONTROLLERS}/sealed-secrets/sealed-secrets.yaml`]: replace(
        'install:\n    crds: CreateReplace',
        'install:\n    crds: Skip',
      ),
    },
    file: 'security/secrets/falco/falco-alerts.secret.yaml',
    message: 'of bitnami.com, which nothing of the repository brings',
  },
  {
    rule: 'order/unknown-kind',
    what: 'a group that nobody knows',
    changes: {
      'security/rbac/kustomization.yaml': append('  - x.yaml\n'),
      'security/rbac/x.yaml': OBJECT('acme.example', 'Widget'),
    },
    file: 'security/rbac/x.yaml',
    message: 'of acme.example, which nothing of the repository brings',
  },
  {
    rule: 'order/unknown-kind',
    what: 'a kind whose file is in a layer that is not waited for',
    changes: {
      'security/rbac/kustomization.yaml': append('  - x.yaml\n'),
      'security/rbac/x.yaml': OBJECT('acme.example', 'Widget'),
      'security/scanning/kustomization.yaml': append('  - kind.yaml\n'),
      'security/scanning/kind.yaml': KIND('acme.example', 'Widget'),
    },
    file: 'security/rbac/x.yaml',
    message: 'which layer scanning brings, and layer rbac does not wait for it',
  },
  {
    rule: 'order/unknown-kind',
    what: 'a layer that does not wait until its release has brought the kind',
    changes: { [`${FLUX}/cert-manager.yaml`]: replace('wait: true', 'wait: false') },
    file: `${FLUX}/cert-manager.yaml`,
    message: 'layer certificates needs cert-manager.io, and layer cert-manager does not wait until',
  },
  {
    rule: 'order/late-namespace',
    what: 'a layer that does not wait for its namespaces',
    changes: { [`${FLUX}/network-policies.yaml`]: replace('  dependsOn:\n    - name: namespaces\n', '') },
    file: 'security/network-policies/cert-manager/allow-dns.yaml',
    message: 'needs namespace cert-manager of layer namespaces',
  },
  {
    rule: 'order/late-start',
    what: 'a release that reads the kinds of one that it does not wait for',
    changes: { [`${CONTROLLERS}/istio/istiod.yaml`]: replace('  dependsOn:\n    - name: istio-base\n', '') },
    file: `${CONTROLLERS}/istio/istiod.yaml`,
    message: 'reads kinds of networking.istio.io, and does not wait for HelmRelease flux-system/istio-base',
  },
  {
    rule: 'order/late-start',
    what: 'a controller before the Gateway API',
    scenario: 'other-options',
    changes: {
      [`${OTHER}/gateway-controller.yaml`]: dropWait('gateway-api'),
      [`${OTHER}/gateway.yaml`]: append(''),
    },
    file: `${CONTROLLERS}/envoy-gateway/envoy-gateway.yaml`,
    message: 'reads kinds of gateway.networking.k8s.io, and does not wait for layer gateway-api',
  },
  {
    rule: 'order/late-reference',
    what: 'an issuer before its Secret',
    scenario: 'other-options',
    changes: { [`${OTHER}/certificates.yaml`]: dropWait('secrets') },
    file: 'security/certificates/issuer-letsencrypt.yaml',
    message: 'of layer secrets, and layer certificates does not wait for it',
  },
  {
    rule: 'order/late-reference',
    what: 'a route before its Gateway',
    changes: { [`${FLUX}/apps.yaml`]: replace('- name: gateway\n', '- name: mesh\n') },
    file: 'apps/api-service/route.yaml',
    message: 'needs Gateway gateway/public of layer gateway',
  },
  {
    rule: 'order/late-guard',
    what: 'workloads before the network policies',
    changes: { [`${FLUX}/scanning.yaml`]: dropWait('network-policies') },
    file: 'security/scanning/kube-bench.yaml',
    message: 'starts before NetworkPolicy kube-bench/',
    fix: 'add "- name: network-policies" to dependsOn of layer scanning in clusters/my-cluster/scanning.yaml',
  },
  {
    rule: 'order/late-guard',
    what: 'services before the admission policies',
    changes: { [`${FLUX}/apps.yaml`]: dropWait('policies') },
    file: 'apps/api-service/deployment.yaml',
    message: 'starts before ValidatingPolicy',
  },
  {
    rule: 'order/late-guard',
    what: 'a Gateway before the authorization of the mesh',
    changes: { [`${FLUX}/gateway.yaml`]: dropWait('zero-trust'), [`${FLUX}/apps.yaml`]: append('') },
    file: 'infrastructure/gateway/gateway.yaml',
    message: 'starts before AuthorizationPolicy gateway/',
  },
  {
    rule: 'order/late-guard',
    what: 'a controller before the network policies of its namespace',
    changes: { [`${FLUX}/cert-manager.yaml`]: dropWait('network-policies') },
    file: `${CONTROLLERS}/cert-manager/cert-manager.yaml`,
    message: 'HelmRelease flux-system/cert-manager starts before NetworkPolicy cert-manager/',
  },
  {
    rule: 'order/service-account',
    what: 'an account that nobody makes',
    changes: { [`${FLUX}/apps.yaml`]: replace('flux-apps\n', 'flux-app\n') },
    file: `${FLUX}/apps.yaml`,
    message: 'acts as flux-system/flux-app, which nobody makes',
  },
  {
    rule: 'order/service-account',
    what: 'an account of a layer that is not waited for',
    changes: { [`${FLUX}/apps.yaml`]: dropWait('rbac') },
    file: `${FLUX}/apps.yaml`,
    message: 'acts as flux-apps, which layer rbac makes, and does not wait for it',
  },
  {
    rule: 'order/service-account',
    what: 'a layer without account',
    changes: { [`${FLUX}/rbac.yaml`]: replace('  serviceAccountName: kustomize-controller\n', '') },
    file: `${FLUX}/rbac.yaml`,
    message: 'names no account, and so acts as default',
  },
  {
    rule: 'order/service-account',
    what: 'a release without account',
    changes: {
      [`${CONTROLLERS}/kyverno/kyverno.yaml`]: replace('  serviceAccountName: helm-controller\n', ''),
    },
    file: `${CONTROLLERS}/kyverno/kyverno.yaml`,
    message: 'names no account, and so acts as default',
  },
  {
    rule: 'order/permission',
    what: 'a kind that its account may not write',
    changes: {
      'security/rbac/flux-apps.yaml': replace('resources: [httproutes]', 'resources: [grpcroutes]'),
    },
    file: 'apps/api-service/route.yaml',
    message: 'layer apps may not get, create, patch, delete HTTPRoute shop/api-service',
  },
  {
    rule: 'order/permission',
    what: 'a verb that its account lacks',
    changes: {
      'security/rbac/flux-apps.yaml': replace(
        'resources: [poddisruptionbudgets]\n    verbs: [get, list, watch, create, patch, delete]',
        'resources: [poddisruptionbudgets]\n    verbs: [get, create]',
      ),
    },
    file: 'apps/api-service/disruption-budget.yaml',
    message: 'layer apps may not patch, delete PodDisruptionBudget',
  },
  {
    rule: 'order/permission',
    what: 'a namespace that its account is not bound in',
    changes: { 'security/rbac/flux-apps.yaml': replace('namespace: shop', 'namespace: store') },
    file: 'apps/api-service/deployment.yaml',
    message: 'layer apps may not get, create, patch, delete Deployment shop/api-service',
  },
  {
    rule: 'order/waits-for-later',
    what: 'certificates that the Gateway waits for',
    changes: {
      [`${FLUX}/certificates.yaml`]: (text) =>
        replace('wait: false', 'wait: true')(dropWait('gateway')(text)),
      [`${FLUX}/gateway.yaml`]: replace('dependsOn:\n', 'dependsOn:\n    - name: certificates\n'),
    },
    file: 'security/certificates/api.example.com.yaml',
    message: 'is not ready without Gateway gateway/public of layer gateway, which waits for certificates',
  },
  {
    rule: 'order/waits-for-later',
    what: 'a Gateway that is looked at before its certificates',
    changes: {
      [`${FLUX}/gateway.yaml`]: append(
        '  healthCheckExprs:\n    - { apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, current: "true" }\n',
      ),
    },
    file: 'infrastructure/gateway/gateway.yaml',
    message: 'is not ready without Secret gateway/api.example.com-tls of layer certificates',
  },
  {
    rule: 'order/waits-for-later',
    what: 'a release that waits for one of a later layer',
    changes: {
      [`${CONTROLLERS}/kyverno/kyverno.yaml`]: append(''),
      [`${CONTROLLERS}/istio/istio-cni.yaml`]: replace(
        '  chartRef',
        '  dependsOn:\n    - name: late\n  chartRef',
      ),
      'apps/late.yaml':
        'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: late, namespace: flux-system }\nspec: { serviceAccountName: helm-controller }\n',
      'apps/kustomization.yaml': append('  - late.yaml\n'),
    },
    file: `${CONTROLLERS}/istio/istio-cni.yaml`,
    message: 'is not ready without HelmRelease flux-system/late of layer apps, which waits for mesh',
  },
  {
    rule: 'order/not-awaited',
    what: 'a mesh that nobody waits for',
    changes: { [`${FLUX}/mesh.yaml`]: replace('  wait: true\n', '') },
    file: `${FLUX}/mesh.yaml`,
    message: 'layer mesh does not wait for istio-base, and zero-trust, gateway rely on it',
  },
  {
    rule: 'order/blind-wait',
    what: 'policies without expression',
    changes: { [`${FLUX}/policies.yaml`]: replace(/ {2}# Kinds that count[^]*$/, '') },
    file: `${FLUX}/policies.yaml`,
    message: 'layer policies has no expression that tells when it is ready',
  },
  {
    rule: 'order/blind-wait',
    what: 'secrets that are not waited for',
    changes: { [`${FLUX}/secrets.yaml`]: replace('wait: true', 'wait: false') },
    file: `${FLUX}/secrets.yaml`,
    message: 'layer secrets does not wait: SealedSecret',
  },
  {
    rule: 'order/late-reference',
    what: 'an optional Secret that a later layer brings',
    changes: { [`${FLUX}/apps.yaml`]: dropWait('secrets') },
    file: 'apps/api-service/deployment.yaml',
    message: 'needs Secret shop/app-credentials of layer secrets, and layer apps does not wait for it',
  },
  {
    rule: 'order/permission',
    what: 'a rollout that the account cannot see',
    changes: { 'security/rbac/flux-apps.yaml': replace('resources: [pods]', 'resources: [pods/log]') },
    file: 'apps/api-service/deployment.yaml',
    message: 'may not list pods of shop: flux-apps has no such right',
  },
  {
    rule: 'order/prune',
    what: 'a namespace that is not kept',
    changes: { 'infrastructure/namespaces/shop.yaml': replace('prune: disabled', 'prune: enabled') },
    file: 'infrastructure/namespaces/shop.yaml',
    message: 'Namespace shop is deleted when it leaves Git',
  },
  {
    rule: 'order/prune',
    what: 'kinds that are not kept',
    changes: { [`${FLUX}/gateway-api.yaml`]: replace('prune: false', 'prune: true') },
    file: `${FLUX}/gateway-api.yaml`,
    message: 'layer gateway-api brings kinds and prunes them',
  },
  {
    rule: 'order/no-prune',
    what: 'a layer that does not prune',
    changes: { [`${FLUX}/network-policies.yaml`]: replace('prune: true', 'prune: false') },
    file: `${FLUX}/network-policies.yaml`,
    line: 17,
    message: 'layer network-policies does not delete what leaves Git',
  },
];

describe('rules of order', () => {
  it.each(CASES)(
    '$rule finds $what',
    ({ rule, scenario: name = 'default', changes, file, line, message, fix }) => {
      const found = hits(changed(name, changes)).filter((one) => one.rule === rule);
      const hit = found.find((one) => one.file === file && one.message.includes(message));
      expect(hit, JSON.stringify(found, null, 2)).toBeDefined();
      if (line) expect(hit!.position?.line).toBe(line);
      if (fix) expect(hit!.fix).toBe(fix);
    },
  );

  it('has a failing fixture for each rule', () => {
    expect([...new Set(CASES.map((one) => one.rule))].sort()).toEqual(
      ORDER_RULES.map((one) => one.id).sort(),
    );
  });

  it('accepts what another layer, or the repository itself, brings in time', () => {
    const kinds = changed('default', {
      'security/rbac/kustomization.yaml': append('  - x.yaml\n  - kind.yaml\n'),
      'security/rbac/x.yaml': OBJECT('acme.example', 'Widget'),
      'security/rbac/kind.yaml': KIND('acme.example', 'Widget'),
    });
    expect(hits(kinds)).toEqual([]);
    // A chart that nobody here knows may bring any kind.
    const stranger = changed('default', {
      'security/rbac/kustomization.yaml': append('  - x.yaml\n  - chart.yaml\n'),
      'security/rbac/x.yaml': OBJECT('acme.example', 'Widget'),
      'security/rbac/chart.yaml':
        'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: acme, namespace: flux-system }\nspec: { serviceAccountName: helm-controller, chart: { spec: { chart: acme } } }\n',
    });
    expect(hits(stranger)).toEqual([]);
  });

  it.each([
    'default',
    'other-options',
    'online-boutique',
    'bookinfo',
    'bookinfo-full',
    'own-manifests',
    'smallest',
  ])('find nothing in scenario %s', (name) => {
    expect(hits(filesOf(name))).toEqual([]);
  });
});
