import { createHash } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { Cluster, type KubeObject } from './cluster.ts';
import { notSent } from './not-sent.ts';
import { coveringArray, documents, scenarios } from './repositories.ts';
import { suite } from './suite.ts';

const BATCH = 150;

/** Each distinct document once, with the places that it is found at. */
function distinct(): Map<string, { object: KubeObject; places: string[] }> {
  const found = new Map<string, { object: KubeObject; places: string[] }>();
  for (const { name, files } of [...scenarios(), ...coveringArray()]) {
    for (const document of documents(files).filter((one) => !notSent(one))) {
      const hash = createHash('sha256').update(JSON.stringify(document.object)).digest('hex');
      const { places } = found.get(hash) ?? { places: [] };
      found.set(hash, { object: document.object, places: [...places, `${document.path} of ${name}`] });
    }
  }
  return found;
}

suite('every distinct document', ['api-server', 'upstream'], () => {
  test('is accepted by the API server with the real kinds', () => {
    const cluster = new Cluster(inject('kubeconfig'));
    const all = [...distinct().values()];
    const namespaces = new Set(all.flatMap(({ object }) => object.metadata?.namespace ?? []));
    cluster.applyAll([...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));

    const refused = [];
    for (let at = 0; at < all.length; at += BATCH) {
      const batch = all.slice(at, at + BATCH);
      if (cluster.dryRun(batch.map(({ object }) => object)).status === 0) continue;
      // One by one, to say which and where.
      for (const { object, places } of batch) {
        const { status, stderr } = cluster.dryRun([object]);
        if (status !== 0) refused.push(`${object.kind} ${object.metadata?.name}, ${places[0]}: ${stderr.trim()}`);
      }
    }
    const kinds = new Set(all.map(({ object }) => `${object.apiVersion} ${object.kind}`));
    console.log(`${all.length - refused.length} of ${all.length} distinct documents of ${kinds.size} kinds accepted`);
    expect(refused).toEqual([]);
  });
});
