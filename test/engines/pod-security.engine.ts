import { createHash } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { Cluster, UPSTREAM_WARNING, type Dict, type KubeObject } from './cluster.ts';
import { notSent } from './not-sent.ts';
import { podForTheEngine } from '../pages.ts';
import { asPod, pods, releases, template, type Pod } from './releases.ts';
import { documents, scenario, scenarios, type Repository } from './repositories.ts';
import { suite } from './suite.ts';

/** A pod that the level `restricted` admits, the base of all bad ones. */
const GOOD = {
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'a',
      image: 'a:1',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};

const container = (extra: Dict) => ({ ...GOOD, containers: [{ ...GOOD.containers[0], ...extra }] });
const context = (extra: Dict) =>
  container({ securityContext: { ...GOOD.containers[0]!.securityContext, ...extra } });
const whole = (extra: Dict) => ({ ...GOOD, securityContext: { ...GOOD.securityContext, ...extra } });

/** One violation each, for every field that `restricted` looks at. */
const BAD: Record<string, Dict> = {
  'host network': { ...GOOD, hostNetwork: true },
  'host PID': { ...GOOD, hostPID: true },
  'host IPC': { ...GOOD, hostIPC: true },
  'host path': { ...GOOD, volumes: [{ name: 'x', hostPath: { path: '/' } }] },
  'host port': container({ ports: [{ containerPort: 80, hostPort: 80 }] }),
  'host process': { ...whole({ windowsOptions: { hostProcess: true } }), hostNetwork: true },
  'probe of a foreign host': container({ livenessProbe: { httpGet: { port: 80, host: '192.0.2.1' } } }),
  privileged: context({ privileged: true, allowPrivilegeEscalation: true }),
  'privilege escalation': context({ allowPrivilegeEscalation: true }),
  'capabilities kept': context({ capabilities: {} }),
  'capability added': context({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
  'maybe root': whole({ runAsNonRoot: undefined }),
  root: whole({ runAsUser: 0 }),
  'no seccomp profile': whole({ seccompProfile: undefined }),
  'seccomp unconfined': whole({ seccompProfile: { type: 'Unconfined' } }),
  'AppArmor unconfined': whole({ appArmorProfile: { type: 'Unconfined' } }),
  'SELinux user': whole({ seLinuxOptions: { user: 'x' } }),
  'proc mount': { ...context({ procMount: 'Unmasked' }), hostUsers: false },
  sysctl: whole({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] }),
  'NFS volume': { ...GOOD, volumes: [{ name: 'x', nfs: { server: 'a', path: '/' } }] },
  'bad init container': { ...GOOD, initContainers: [{ name: 'i', image: 'a:1' }] },
};

const bad = (name: string, namespace: string, spec: Dict) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec,
});

interface Namespace {
  /** Scenarios label a namespace differently, so each labelling gets a name of its own. */
  actual: string;
  restricted: boolean;
}

/** The rendered Namespaces, created for real. */
function createNamespaces(cluster: Cluster, repositories: Repository[]): Map<string, Namespace>[] {
  const known = new Map<string, KubeObject>();
  const found = repositories.map(({ files }) => {
    const objects = documents(files).map(({ object }) => object);
    return new Map(
      objects
        .filter(({ kind }) => kind === 'Namespace')
        .map((object) => {
          const { name, labels = {} } = object.metadata;
          const actual = `psa-${name}-${hash(JSON.stringify(labels))}`;
          known.set(actual, { ...object, metadata: { ...object.metadata, name: actual } });
          return [
            name,
            { actual, restricted: labels['pod-security.kubernetes.io/enforce'] === 'restricted' },
          ];
        }),
    );
  });
  cluster.applyAll([...known.values()]);
  return found;
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 10);

function allPods(repository: Repository): Pod[] {
  const rendered = documents(repository.files)
    .filter((one) => !notSent(one))
    .map(({ object }) => object);
  const ofCharts = releases(repository).flatMap((release) =>
    pods(template(release, repository.plan), release.namespace),
  );
  return [...pods(rendered), ...ofCharts];
}

suite('Pod Security', ['api-server', 'upstream', 'helm'], () => {
  test('[pss-labels] [pod-context] [bench-job] [falco-install] [trivy-k8s] [edge-cloudflare] admits every pod of a service or chart', () => {
    const cluster = new Cluster(inject('kubeconfig'));
    const all = scenarios();
    const namespaces = createNamespaces(cluster, all);
    const found = all.flatMap((repository, index) =>
      allPods(repository).map((pod) => ({
        pod,
        place: `${pod.from} of ${repository.name}`,
        namespace: namespaces[index]!.get(pod.namespace)?.actual ?? pod.namespace,
      })),
    );
    const distinct = [...new Map(found.map((one) => [JSON.stringify({ ...one, place: '' }), one])).values()];
    const { stderr } = cluster.dryRun(
      distinct.map(({ pod, namespace }, index) => asPod({ ...pod, namespace, name: `p${index}` })),
    );
    const named = stderr.replaceAll(/"p(\d+)"/g, (_, index: string) => `"${distinct[Number(index)]!.place}"`);
    // What runs as root by declaration lies in a namespace that warns and does not refuse.
    const root = all.flatMap(({ plan }) => plan.services.filter((service) => service.root)).length;
    const lines = named.split('\n').filter(Boolean);
    const warnings = lines.filter((line) =>
      line.startsWith('Warning: would violate PodSecurity "restricted:latest"'),
    );
    const others = lines.filter((line) => !warnings.includes(line) && !UPSTREAM_WARNING.test(line));
    expect(others).toEqual([]);
    expect(warnings.length).toBeLessThanOrEqual(root);
    console.log(`${distinct.length} distinct pods admitted`);
  });

  test('[compliance-map] admits the pod of the admission check, which only the policy engine can refuse', () => {
    const cluster = new Cluster(inject('kubeconfig'));
    const repository = scenario('default');
    const [namespaces] = createNamespaces(cluster, [repository]);
    const { spec } = podForTheEngine(repository.files.get('docs/compliance.md')!);
    const { actual, restricted } = namespaces!.get('shop')!;
    expect(restricted).toBe(true);
    const { stderr } = cluster.dryRun([bad('only-the-engine', actual, spec as Dict)]);
    expect(stderr).toBe('');
  });

  test('[pss-labels] refuses every bad pod where restricted is claimed', () => {
    const cluster = new Cluster(inject('kubeconfig'));
    const restricted = createNamespaces(cluster, scenarios())
      .flatMap((map) => [...map.values()])
      .filter((namespace) => namespace.restricted);
    const names = [...new Set(restricted.map(({ actual }) => actual))];
    expect(names).not.toEqual([]);
    const kinds = Object.keys(BAD);
    const cases = names.flatMap((namespace) =>
      kinds.map((why, index) => ({
        why: `${why} in ${namespace}`,
        pod: bad(`bad-${index}-${namespace}`, namespace, BAD[why]!),
      })),
    );
    const { stderr } = cluster.dryRun([
      ...names.map((namespace) => bad(`good-${namespace}`, namespace, GOOD)),
      ...cases.map(({ pod }) => pod),
    ]);
    const isRefused = (name: string) =>
      stderr.includes(`pods "${name}" is forbidden: violates PodSecurity "restricted:`);
    expect(names.filter((name) => isRefused(`good-${name}`))).toEqual([]);
    expect(cases.filter(({ pod }) => !isRefused(pod.metadata.name)).map(({ why }) => why)).toEqual([]);
    console.log(`${kinds.length} bad pods refused in ${names.length} namespaces`);
  });
});
