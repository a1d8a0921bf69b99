import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { Cluster, type Dict, type KubeObject } from './cluster.ts';
import { parseStream } from './layers.ts';
import { notSent } from './not-sent.ts';
import { listensOn, selects } from './network-policy.ts';
import { must, run } from './process.ts';
import { asPod, pods, releases, template, type Pod } from './releases.ts';
import { coveringArray, documents, scenario, scenarios, type Repository } from './repositories.ts';
import { runtimePods, withProxy } from './runtime-pods.ts';
import { folder, suite } from './suite.ts';

const objectsOf = ({ files }: Repository): KubeObject[] =>
  documents(files)
    .filter((one) => !notSent(one))
    .map(({ object }) => object);

const configMap = (objects: KubeObject[], name: string) =>
  objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)!.data as Record<
    string,
    string
  >;

const FOLDERS = ['infrastructure/namespaces', 'infrastructure/gateway', 'security/zero-trust', 'apps'];

/** What is said of every EnvoyFilter. There is no other kind for limits. */
const OF_EVERY_ENVOY_FILTER =
  /^Schema validation warning: EnvoyFilter exposes internal implementation details/;

interface Policy {
  selector?: { matchLabels: Record<string, string> };
  targetRefs?: { kind: string; name: string }[];
  rules?: { to?: { operation: { ports?: string[] } }[] }[];
}

/** Labels of the pods that a policy could be meant for: rendered ones, those with own manifests, those made at run time. */
function runningPods(repository: Repository): Pod[] {
  const rendered = pods(objectsOf(repository)).map((pod) => withProxy(repository, pod));
  const own = repository.plan.services
    .filter((service) => service.own)
    .map(({ name, namespace, labels, ports }): Pod => {
      const container = { name, ports: ports.map(({ targetPort }) => ({ containerPort: targetPort })) };
      return { from: name, name, namespace, labels, annotations: {}, spec: { containers: [container] } };
    });
  return [...rendered, ...own, ...runtimePods(repository)];
}

suite('Istio', ['istioctl'], () => {
  test('finds nothing to say about any rendered set of its files', () => {
    const own = ({ files }: Repository) =>
      [...files].filter(([path]) => FOLDERS.some((folder) => path.startsWith(`${folder}/`)));
    const distinct = [
      ...new Map(meshed().map((repository) => [JSON.stringify(own(repository)), repository])).values(),
    ];
    const findings = distinct.flatMap((repository) => {
      const files = own(repository);
      const dir = folder(files);
      const found = FOLDERS.filter((path) => files.some(([file]) => file.startsWith(`${path}/`)));
      const flags = ['--all-namespaces', '--use-kube=false', '--output=json'];
      const { stdout, all } = run('istioctl', ['analyze', ...flags, ...found.map((path) => join(dir, path))]);
      const said = stdout.trim().startsWith('[') ? (JSON.parse(stdout) as Dict[]) : [{ all }];
      const messages = said.filter(({ message }) => !OF_EVERY_ENVOY_FILTER.test(String(message)));
      return messages.map(({ code, origin, message, all }) =>
        [repository.name, code, origin, message, all].filter(Boolean).join(' '),
      );
    });
    expect(findings).toEqual([]);
    console.log(`${distinct.length} sets of files analyzed`);
  });

  // Without a cluster, istioctl leaves out its analyzers of policies, which want pods.
  test('[authz-istio] policies select pods that are there, at ports that these listen on', () => {
    const wrong = meshed().flatMap((repository) => {
      const running = runningPods(repository);
      const objects = objectsOf(repository);
      return objects
        .filter(({ apiVersion }) => apiVersion.startsWith('security.istio.io/'))
        .flatMap(({ kind, metadata: { name, namespace }, spec = {} }) => {
          const { selector, targetRefs = [], rules = [] } = spec as Policy;
          const place = `${kind} ${namespace}/${name}`;
          const chosen = running.filter(
            (pod) => pod.namespace === namespace && selects(selector ?? {}, pod.labels),
          );
          const lost = targetRefs.filter(
            (ref) => !objects.some((one) => one.kind === ref.kind && one.metadata.name === ref.name),
          );
          const ports = rules.flatMap(({ to = [] }) => to.flatMap(({ operation }) => operation.ports ?? []));
          const closed = ports.filter(
            (port) => !chosen.some((pod) => listensOn(pod, { port: Number(port) })),
          );
          return [
            ...(selector && !chosen.length ? [`${place} selects no pod`] : []),
            ...lost.map((ref) => `${place}: no ${ref.kind} ${ref.name}`),
            ...closed.map((port) => `${place}: nobody listens on ${port}`),
          ];
        });
    });
    expect([...new Set(wrong)]).toEqual([]);
  });
});

const meshed = () => [...scenarios(), ...coveringArray()].filter(({ plan }) => plan.choices.mesh === 'istio');

suite('pods with the proxy that Istio injects', ['istioctl', 'helm', 'upstream', 'api-server'], () => {
  test('[cni-seccomp] are admitted into their restricted namespaces', () => {
    const repository = scenario('default');
    const objects = objectsOf(repository);
    const istiod = releases(repository).find(({ chart }) => chart === 'istiod')!;
    const charted = template(istiod, repository.plan);
    const injector = configMap(charted, 'istio-sidecar-injector');
    const workloads = objects.filter(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === 'shop',
    );
    const dir = folder([
      ['inject.yaml', injector.config!],
      ['values.json', injector.values!],
      ['mesh.yaml', configMap(charted, 'istio').mesh!],
      ['workloads.yaml', workloads.map((one) => stringify(one)).join('---\n')],
    ]);
    const at = (name: string) => join(dir, name);
    const cluster = new Cluster(inject('kubeconfig'));
    const files = [
      `--kubeconfig=${cluster.kubeconfig}`,
      `--injectConfigFile=${at('inject.yaml')}`,
      `--meshConfigFile=${at('mesh.yaml')}`,
      `--valuesFile=${at('values.json')}`,
    ];
    const injected = parseStream(
      must('istioctl', ['kube-inject', `--filename=${at('workloads.yaml')}`, ...files]),
    );
    const made = pods(injected);
    expect(made).toHaveLength(workloads.length);
    for (const { spec } of made)
      expect([...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name)).toContain(
        'istio-proxy',
      );

    const namespace = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === 'shop')!;
    const own = { ...namespace, metadata: { ...namespace.metadata, name: 'shop-injected' } } as KubeObject;
    expect(own.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    cluster.applyAll([own]);
    const { status, all } = cluster.dryRun(made.map((pod) => asPod({ ...pod, namespace: 'shop-injected' })));
    expect(status, all).toBe(0);
  });
});
