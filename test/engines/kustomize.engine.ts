import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServer, type Server } from './apiserver.ts';
import type { KubeObject } from './cluster.ts';
import { loadKinds } from './constraint-kinds.ts';
import { before, families, kustomize, layers, type Layer } from './layers.ts';
import { notSent } from './not-sent.ts';
import { coveringArray, documents, scenario, scenarios, type Repository } from './repositories.ts';
import { installedByHand } from './releases.ts';
import { folder, suite } from './suite.ts';
import { crds, readUpstream, upstream } from './upstream.ts';

const identity = ({ apiVersion, kind, metadata }: KubeObject) =>
  [apiVersion.split('/')[0], kind, metadata.namespace ?? '', metadata.name].join(' ');

/** `group/kind` that a CustomResourceDefinition defines. */
function servedKind({ spec }: KubeObject): string {
  const { group, names } = spec as { group: string; names: { kind: string } };
  return `${group}/${names.kind}`;
}

/** Files as `flux bootstrap` leaves them. */
function bootstrapped({ files, plan }: Repository): string {
  const sync = [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'flux-system', namespace: 'flux-system' },
      spec: {
        interval: '1m0s',
        ref: { branch: 'main' },
        secretRef: { name: 'flux-system' },
        url: 'https://example.com/fleet',
      },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'flux-system', namespace: 'flux-system' },
      spec: {
        interval: '10m0s',
        path: `./clusters/${plan.name}`,
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'flux-system' },
      },
    },
  ];
  const components = [
    ...crds('flux').map((file) => readUpstream(file.slice(upstream().length + 1))),
    readUpstream('flux/other/install.no-crds.yaml'),
  ];
  const at = `clusters/${plan.name}/flux-system`;
  return folder([
    ...files,
    [`${at}/gotk-components.yaml`, components.join('\n---\n')],
    [`${at}/gotk-sync.yaml`, sync.map((one) => JSON.stringify(one)).join('\n---\n')],
  ]);
}

/** Kinds that the platform brings, so that no layer does. */
const byPlatform = ({ plan }: Repository): string[] =>
  plan.layers.some(({ name }) => name === 'gateway-api') ? [] : ['gateway-api', 'gke-gateway-api'];

suite('kustomize', ['kustomize', 'upstream'], () => {
  test('[gitops-entry] builds every layer, and every object of the repository is in one', () => {
    let count = 0;
    const lost = scenarios().flatMap((repository) => {
      const all = layers(repository);
      count += all.length;
      const built = new Set(all.flatMap(({ objects }) => objects).map(identity));
      const ours = documents(repository.files, (path) => !path.startsWith('clusters/')).filter(
        (one) => !notSent(one),
      );
      return ours
        .filter(({ object }) => !built.has(identity(object)))
        .map(({ path, object }) => `${repository.name}: ${path} ${identity(object)}`);
    });
    expect(lost).toEqual([]);
    console.log(`${count} layers built`);
  });

  test.each(scenarios())('builds the entry of $name, before and after flux bootstrap', (repository) => {
    const entry = `clusters/${repository.plan.name}`;
    const empty = kustomize(join(folder(repository.files), entry)).map(identity);
    const built = kustomize(join(bootstrapped(repository), entry));
    expect(built.map(identity)).toEqual(expect.arrayContaining(empty));
    const deployed = (name: string) =>
      built.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name)!.spec as {
        template: { spec: { containers: { args: string[] }[] } };
      };
    const args = (name: string) => deployed(name).template.spec.containers[0]!.args;
    for (const name of ['kustomize-controller', 'helm-controller', 'notification-controller'])
      expect(args(name)).toContain('--no-cross-namespace-refs=true');
    for (const name of ['kustomize-controller', 'helm-controller'])
      expect(args(name)).toContain('--default-service-account=default');
    expect(args('kustomize-controller')).toContain('--no-remote-bases=true');
    // With it helm-controller interrupts its own rollbacks: https://github.com/fluxcd/helm-controller/issues/1557
    const gate = '--feature-gates=CancelHealthCheckOnNewRevision=true';
    expect(args('kustomize-controller')).toContain(gate);
    expect(args('helm-controller')).not.toContain(gate);
    const root = built.find(
      ({ apiVersion, metadata }) =>
        apiVersion.startsWith('kustomize.toolkit') && metadata.name === 'flux-system',
    )!;
    expect(root.spec).toMatchObject({
      serviceAccountName: 'kustomize-controller',
      retryInterval: expect.any(String) as string,
    });
    const namespace = built.find(
      ({ kind, metadata }) => kind === 'Namespace' && metadata.name === 'flux-system',
    )!;
    expect(namespace.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  test('[tiers] no object comes before its kind and its namespace, whatever the order that dependsOn leaves open', () => {
    const known = families();
    const early = [...scenarios(), ...coveringArray()].flatMap((repository) => {
      const all = layers(repository);
      // What bootstrap/ installs is there before GitOps starts.
      const installed = installedByHand(repository).map(({ upstream }) => upstream.family);
      return all.flatMap((layer) => {
        const done = before(layer, all);
        const brought = [
          'flux',
          ...installed,
          ...byPlatform(repository),
          ...done.flatMap(({ brings }) => brings),
        ];
        const made = new Set(done.flatMap(({ makes }) => makes).map(servedKind));
        const makes = new Set(all.flatMap((one) => one.makes).map(servedKind));
        const namespaces = new Set([
          'flux-system',
          'kube-system',
          'default',
          // Flux applies Namespaces before the rest of a layer: ApplyAllStaged in https://github.com/fluxcd/pkg/blob/main/ssa/manager_apply.go
          ...[...done, layer]
            .flatMap(({ objects }) => objects)
            .filter(({ kind }) => kind === 'Namespace')
            .map(({ metadata }) => metadata.name),
        ]);
        return layer.objects.flatMap((object) => {
          const kind = `${object.apiVersion.split('/')[0]}/${object.kind}`;
          const family = known.get(kind);
          const { namespace = 'default' } = object.metadata;
          const place = `${layer.name}: ${object.kind} ${object.metadata.name}`;
          return [
            ...(family && !brought.includes(family) ? [`${place} before ${family}`] : []),
            ...(makes.has(kind) && !made.has(kind) ? [`${place} before its template`] : []),
            ...(namespaces.has(namespace) ? [] : [`${place} before namespace ${namespace}`]),
          ];
        });
      });
    });
    expect([...new Set(early)]).toEqual([]);
  });
});

suite('from an empty cluster', ['kustomize', 'upstream', 'kubectl', 'etcd', 'kube-apiserver'], () => {
  let server: Server;
  beforeEach(async () => {
    server = await startServer();
    server.load(crds('flux'));
  });
  afterEach(() => server?.stop());

  test.each(['default', 'gatekeeper'])(
    '[tiers] [gitops-entry] the layers of %s are accepted one after the other, kinds coming with the layer that brings them',
    (name) => {
      const repository = scenario(name);
      server.applyAll(kustomize(join(bootstrapped(repository), `clusters/${repository.plan.name}`)));
      const open = layers(repository);
      const done = new Set<string>();
      while (open.length) {
        // The last one that may start: an order that nobody had in mind.
        const next = open.findLastIndex(({ after }) => after.every((name) => done.has(name)));
        const [layer] = open.splice(next, 1) as [Layer];
        if (layer.objects.length) server.applyAll(layer.objects);
        const files = layer.brings.flatMap(crds);
        if (files.length) server.load(files);
        loadKinds(server, layer.makes);
        done.add(layer.name);
      }
      console.log(`applied: ${[...done].join(' → ')}`);
    },
  );
});
