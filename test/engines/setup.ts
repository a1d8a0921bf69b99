import type { TestProject } from 'vitest/node';
// @ts-expect-error A script without types.
import { buildCatalog } from '../../scripts/build.mjs';
import { startServer, type Server } from './apiserver.ts';
import { engine } from './find.mjs';
import { FAMILIES, crds, hasUpstream } from './upstream.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the one API server that all files share; empty without one. */
    kubeconfig: string;
  }
}

/** Tests see the templates as they are now, and share one API server that knows every kind. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildCatalog();
  const server = await shared();
  project.provide('kubeconfig', server?.kubeconfig ?? '');
  return async () => server?.stop();
}

async function shared(): Promise<Server | undefined> {
  const own = ['kube-apiserver', 'etcd'].every((name) => engine(name));
  if (!engine('kubectl') || !hasUpstream() || !(own || process.env.ENGINE_KUBECONFIG)) return undefined;
  const start = Date.now();
  const server = await startServer();
  try {
    server.load(FAMILIES.flatMap(crds));
  } catch (error) {
    await server.stop();
    throw error;
  }
  console.log(`API server with all kinds after ${Math.round((Date.now() - start) / 1000)} s`);
  return server;
}
