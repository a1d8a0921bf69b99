import type { TestProject } from 'vitest/node';
// @ts-expect-error A script without types.
import { buildCatalog } from '../../scripts/build.mjs';
import { startServer } from './apiserver.ts';
import { Cluster } from './cluster.ts';
import { engine } from './find.mjs';
import { FAMILIES, crds, hasUpstream } from './upstream.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the one API server that all files share; empty without one. */
    kubeconfig: string;
  }
}

/** Tests see the templates as they are now, and share one API server that knows every kind: ours, or a throwaway cluster's. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildCatalog();
  const given = process.env.ENGINE_KUBECONFIG;
  const own = !given && canStart() ? await startServer() : undefined;
  const stop = async () => own?.stop();
  const cluster = given ? new Cluster(given) : own;
  project.provide('kubeconfig', cluster?.kubeconfig ?? '');
  if (!cluster || !hasUpstream()) return stop;
  const start = Date.now();
  try {
    cluster.load(FAMILIES.flatMap(crds));
  } catch (error) {
    await stop();
    throw error;
  }
  console.log(`the API server knows all kinds after ${Math.round((Date.now() - start) / 1000)} s`);
  return stop;
}

const canStart = () => ['kubectl', 'etcd', 'kube-apiserver'].every((name) => engine(name));
