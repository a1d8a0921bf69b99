import type { KubeObject } from './cluster.ts';
import { networkPolicy, type NetworkPolicy } from './network-policy.ts';
import { notSent } from './not-sent.ts';
import { pods, releases, template, type Pod } from './releases.ts';
import { coveringArray, documents, scenarios, type Repository } from './repositories.ts';
import { runtimePods, withProxy } from './runtime-pods.ts';

interface Group {
  objects: KubeObject[];
  pods: Pod[];
}

/** All pods that a cluster would run, and what network policies say of them. */
export interface World {
  repository: Repository;
  policies: NetworkPolicy[];
  /** What is rendered, and what each chart makes. */
  rendered: Group;
  charts: Group[];
  pods: Pod[];
}

let worlds: World[] | undefined;

export const allWorlds = (): World[] => (worlds ??= [...scenarios(), ...coveringArray()].map(world));

function world(repository: Repository): World {
  const objects = documents(repository.files)
    .filter((one) => !notSent(one))
    .map(({ object }) => object);
  const rendered = { objects, pods: pods(objects).map((pod) => withProxy(repository, pod)) };
  const charts = releases(repository).map((release) => {
    const made = template(release, repository.plan).map((object) => ({
      ...object,
      metadata: { namespace: release.namespace, ...object.metadata },
    }));
    return { objects: made, pods: pods(made, release.namespace).filter(({ spec }) => !spec.hostNetwork) };
  });
  return {
    repository,
    policies: [rendered, ...charts].flatMap((group) => group.objects).flatMap(networkPolicy),
    rendered,
    charts,
    pods: [...[rendered, ...charts].flatMap((group) => group.pods), ...runtimePods(repository)],
  };
}
