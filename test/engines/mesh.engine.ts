import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { Cluster, type Dict, type KubeObject } from './cluster.ts';
import { parseStream } from './layers.ts';
import { notSent } from './not-sent.ts';
import { must, run } from './process.ts';
import { asPod, pods, releases, template } from './releases.ts';
import { coveringArray, documents, scenario, scenarios } from './repositories.ts';
import { folder, suite } from './suite.ts';

const FOLDERS = ['infrastructure/namespaces', 'infrastructure/gateway', 'security/zero-trust', 'apps'];

suite('Istio', ['istioctl'], () => {
  test('finds nothing to say about any rendered set of its files', () => {
    const ours = [...scenarios(), ...coveringArray()].filter(({ plan }) => plan.choices.mesh === 'istio');
    const own = (files: Map<string, string>) =>
      [...files].filter(([path]) => FOLDERS.some((folder) => path.startsWith(`${folder}/`)));
    const distinct = [
      ...new Map(
        ours.map(({ name, files }) => [JSON.stringify(own(files)), { name, files: own(files) }]),
      ).values(),
    ];
    const findings = distinct.flatMap(({ name, files }) => {
      const dir = folder(files);
      const found = FOLDERS.filter((path) => files.some(([file]) => file.startsWith(`${path}/`))).map(
        (path) => join(dir, path),
      );
      const { stdout, all } = run('istioctl', [
        'analyze',
        '--all-namespaces',
        '--use-kube=false',
        '--output=json',
        ...found,
      ]);
      const messages = stdout.trim().startsWith('[') ? (JSON.parse(stdout) as Dict[]) : [{ all }];
      return messages.map(
        ({ code, origin, message, all }) =>
          `${name}: ${[code, origin, message, all].filter(Boolean).join(' ')}`,
      );
    });
    expect(findings).toEqual([]);
    console.log(`${distinct.length} sets of files analyzed`);
  });
});

suite('pods with the proxy that Istio injects', ['istioctl', 'helm', 'upstream', 'api-server'], () => {
  test('are admitted into their restricted namespaces', () => {
    const repository = scenario('default');
    const objects = documents(repository.files)
      .filter((one) => !notSent(one))
      .map(({ object }) => object);
    const istiod = releases(repository).find(({ chart }) => chart === 'istiod')!;
    const configMap = (name: string) =>
      template(istiod, repository.plan).find(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name,
      )!.data as Record<string, string>;
    const injector = configMap('istio-sidecar-injector');
    const workloads = objects.filter(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === 'shop',
    );
    const dir = folder([
      ['inject.yaml', injector.config!],
      ['values.json', injector.values!],
      ['mesh.yaml', configMap('istio').mesh!],
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
