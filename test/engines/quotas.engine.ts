import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { Cluster, type Dict, type KubeObject } from './cluster.ts';
import { notSent } from './not-sent.ts';
import { asPod, pods, releases, template } from './releases.ts';
import { documents, scenario, type Repository } from './repositories.ts';
import { suite } from './suite.ts';

const tenants = scenario('tenants');

/** What the objects say of a namespace, moved to a namespace of this test. */
const named = (namespace: string) => `quota-${namespace}`;

function objectsIn({ files }: Repository, namespace: string): KubeObject[] {
  return documents(files)
    .filter((one) => !notSent(one))
    .map(({ object }) => object)
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map((object) => ({ ...object, metadata: { ...object.metadata, namespace: named(namespace) } }));
}

const isLimit = ({ kind }: KubeObject) => kind === 'ResourceQuota' || kind === 'LimitRange';

/** No controller runs here to count: the status says that nothing is there yet, and admission counts from then on. */
function startCounting(cluster: Cluster, quota: KubeObject): void {
  const { hard } = quota.spec as { hard: Record<string, string> };
  const used = Object.fromEntries(Object.keys(hard).map((key) => [key, '0']));
  const patch = JSON.stringify({ status: { hard, used } });
  const { status, all } = cluster.kubectl([
    'patch',
    'resourcequota',
    quota.metadata.name,
    `--namespace=${quota.metadata.namespace}`,
    '--subresource=status',
    '--type=merge',
    `--patch=${patch}`,
  ]);
  expect(status, all).toBe(0);
}

/** How many pods of a workload there are when a rollout is at its widest, as its controller counts. */
function atOnce({ kind, spec }: KubeObject): number {
  const { replicas = 1, strategy } = spec as {
    replicas?: number;
    strategy?: { rollingUpdate?: { maxSurge?: number | string } };
  };
  if (kind !== 'Deployment') return kind === 'StatefulSet' ? replicas : 1;
  const surge = strategy?.rollingUpdate?.maxSurge ?? '25%';
  return (
    replicas + (typeof surge === 'number' ? surge : Math.ceil((replicas * Number.parseInt(surge, 10)) / 100))
  );
}

/** The sidecar as istiod's own chart sizes it, with the values of the repository. */
function sidecar(): { name: string; image: string; resources: Dict } {
  const release = releases(tenants).find(({ chart }) => chart === 'istiod')!;
  const config = template(release, tenants.plan).find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'istio-sidecar-injector',
  )!;
  const values = JSON.parse((config.data as { values: string }).values) as {
    global: { proxy: { resources: Dict } };
  };
  return { name: 'istio-proxy', image: 'istio/proxyv2', resources: values.global.proxy.resources };
}

function podsAtOnce(objects: KubeObject[]): KubeObject[] {
  const proxy = sidecar();
  return objects.flatMap((object) =>
    pods([object]).flatMap((pod) =>
      Array.from({ length: atOnce(object) }, (_, index) => {
        const spec = { ...pod.spec, containers: [...pod.spec.containers, proxy] };
        return asPod({ ...pod, spec, name: `${pod.name}-${index}` });
      }),
    ),
  );
}

const service = (namespace: string, type: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: type.toLowerCase(), namespace },
  spec: { type, selector: { app: 'x' }, ports: [{ port: 80 }] },
});

const small = (namespace: string, name: string, resources: Dict): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { containers: [{ name: 'x', image: 'x:1', resources }] },
});

suite('quotas', ['api-server', 'upstream', 'helm'], () => {
  test.each(['shop', 'billing'])(
    '[quotas] %s: what is declared fits, an entry of its own and one pod more do not',
    async (namespace) => {
      const cluster = new Cluster(inject('kubeconfig'));
      const objects = objectsIn(tenants, namespace);
      const place = named(namespace);
      const limits = objects.filter(isLimit);
      const quota = limits.find(({ kind }) => kind === 'ResourceQuota')!;
      cluster.applyAll([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: place } }, ...limits]);
      startCounting(cluster, quota);
      // Admission reads quotas from a cache.
      await sleep(2000);

      for (const type of ['LoadBalancer', 'NodePort']) {
        const { all } = cluster.apply([service(place, type)]);
        expect(all).toMatch(
          /forbidden: exceeded quota: namespace, requested: services\.(loadbalancers|nodeports)=1/,
        );
      }

      const running = podsAtOnce(objects);
      expect(running.length).toBeGreaterThan(1);
      const rest = objects.filter((one) => !isLimit(one));
      expect(cluster.apply([...rest, ...running]).stderr).toBe('');

      const { hard } = quota.spec as { hard: { pods: string } };
      const left = Number(hard.pods) - running.length;
      expect(left).toBeGreaterThan(0);
      const one = { requests: { cpu: '1m', memory: '1Mi' } };
      const more = Array.from({ length: left }, (_, index) => small(place, `more-${index}`, one));
      const big = small(place, 'big', { requests: { cpu: '64' } });
      expect(cluster.apply([big]).all).toMatch(/exceeded quota: namespace, requested: requests\.cpu=64/);
      expect(cluster.apply(more).stderr).toBe('');
      expect(cluster.apply([small(place, 'too-many', one)]).all).toMatch(
        /exceeded quota: namespace, requested: pods=1/,
      );
      console.log(`${place}: ${rest.length} objects, ${running.length} pods at once, ${left} more`);
    },
  );

  test('[quotas] a pod that requests nothing gets a request', async () => {
    const cluster = new Cluster(inject('kubeconfig'));
    const place = 'quota-nothing';
    const limits = objectsIn(tenants, 'shop').filter(({ kind }) => kind === 'LimitRange');
    const here = limits.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: place } }));
    cluster.applyAll([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: place } }, ...here]);
    await sleep(1000);
    cluster.applyAll([small(place, 'silent', {})]);
    const { stdout } = cluster.kubectl(['get', 'pod', 'silent', `--namespace=${place}`, '--output=json']);
    const { containers } = (JSON.parse(stdout) as { spec: { containers: { resources: Dict }[] } }).spec;
    expect(containers[0]!.resources).toEqual({ requests: { cpu: '50m', memory: '64Mi' } });
  });

  test('[quotas] count the sidecar as the chart of the mesh sizes it', () => {
    expect(sidecar().resources.requests).toEqual({ cpu: '100m', memory: '128Mi' });
  });
});
