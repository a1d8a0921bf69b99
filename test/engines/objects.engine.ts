import { createHash } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { Cluster } from './cluster.ts';
import { constraintKinds, loadKinds } from './constraint-kinds.ts';
import { notSent } from './not-sent.ts';
import { coveringArray, documents, scenarios, type Document } from './repositories.ts';
import { suite } from './suite.ts';

const BATCH = 150;

interface Found extends Document {
  place: string;
}

/** Each distinct document once, with one place that it is found at. */
function distinct(): Found[] {
  const found = new Map<string, Found>();
  for (const { name, files } of [...scenarios(), ...coveringArray()]) {
    for (const document of documents(files).filter((one) => !notSent(one))) {
      const hash = createHash('sha256').update(JSON.stringify(document.object)).digest('hex');
      found.set(hash, { ...document, place: `${document.path} of ${name}` });
    }
  }
  return [...found.values()];
}

/** Halves a refused batch until it is known which documents are refused, and why. */
function refusals(cluster: Cluster, batch: Found[]): string[] {
  const { status, stderr } = cluster.dryRun(batch.map(({ text }) => text));
  if (status === 0) return [];
  const [{ object, place }] = batch as [Found];
  if (batch.length === 1) return [`${object.kind} ${object.metadata?.name}, ${place}: ${stderr.trim()}`];
  const half = batch.length >> 1;
  return [batch.slice(0, half), batch.slice(half)].flatMap((part) => refusals(cluster, part));
}

suite('every distinct document', ['api-server', 'upstream'], () => {
  test('is accepted by the API server with the real kinds', () => {
    const cluster = new Cluster(inject('kubeconfig'));
    const all = distinct();
    loadKinds(cluster, constraintKinds(all.map(({ object }) => object)));
    const namespaces = new Set(all.flatMap(({ object }) => object.metadata?.namespace ?? []));
    cluster.applyAll(
      [...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    );

    const batches = Array.from({ length: Math.ceil(all.length / BATCH) }, (_, i) =>
      all.slice(i * BATCH, (i + 1) * BATCH),
    );
    const refused = batches.flatMap((batch) => refusals(cluster, batch));
    const kinds = new Set(all.map(({ object }) => `${object.apiVersion} ${object.kind}`));
    console.log(
      `${all.length - refused.length} of ${all.length} distinct documents of ${kinds.size} kinds accepted`,
    );
    expect(refused).toEqual([]);
  });
});
