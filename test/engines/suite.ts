import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, onTestFinished, test } from 'vitest';
import { engine } from './find.mjs';
import { hasUpstream } from './upstream.ts';

/** A program by its name, `upstream` for the data, or `api-server`. */
function isThere(need: string): boolean {
  if (need === 'upstream') return hasUpstream();
  if (need === 'api-server')
    return process.env.ENGINE_KUBECONFIG
      ? isThere('kubectl')
      : ['kubectl', 'etcd', 'kube-apiserver'].every(isThere);
  return engine(need) !== undefined;
}

/** A group of tests. What lacks a program or the data is skipped with a visible line; with CI set it fails. */
export function suite(name: string, needs: string[], body: () => void): void {
  const missing = needs.filter((need) => !isThere(need));
  if (!missing.length) return void describe(name, body);
  const line = `${name}: skipped, there is no ${missing.join(', no ')}`;
  if (!process.env.CI) console.warn(line);
  test.skipIf(!process.env.CI)(line, () => {
    throw new Error(line);
  });
}

/** A new folder with these files, gone after the test. */
export function folder(files: Iterable<readonly [string, string]>): string {
  const { dir, remove } = makeFolder(files);
  onTestFinished(remove);
  return dir;
}

export function makeFolder(files: Iterable<readonly [string, string]>): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'zero-trust-'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
