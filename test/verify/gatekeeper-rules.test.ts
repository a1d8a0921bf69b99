import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/verify/read.ts';
import { RULES } from '../../src/verify/rules/all.ts';
import type { Files } from '../../src/types/files.ts';
import { edited } from '../mutation/mutant.ts';
import { scenario } from '../mutation/repository.ts';
import { catalog } from '../support.ts';
import { GATEKEEPER_CASES } from './gatekeeper-cases.ts';

const { files } = scenario('gatekeeper');
const TODAY = '2026-11-26';

const said = (id: string, found: Files): string =>
  [...RULES.find((one) => one.id === id)!.check({ ...readModel(found, catalog), today: TODAY })]
    .map((one) => one.message)
    .join('\n');

describe('a repository with Gatekeeper', () => {
  it.each([...new Set(GATEKEEPER_CASES.map(([id]) => id))])(
    '[gk-constraint] as rendered, has nothing for %s',
    (id) => {
      expect(said(id, files)).toBe('');
    },
  );

  it.each(GATEKEEPER_CASES)(
    '[gk-constraint] %s finds what is broken in %s',
    (id, file, edit, message, index = 0) => {
      const broken = new Map(files);
      const before = broken.get(file);
      expect(before, file).toBeDefined();
      if (edit) broken.set(file, edited(before!, index, edit));
      else {
        broken.delete(file);
        const list = file.replace(/[^/]+$/, 'kustomization.yaml');
        broken.set(list, broken.get(list)!.replace(`  - ${file.split('/').at(-1)}\n`, ''));
      }
      expect(said(id, broken)).toMatch(message);
    },
  );

  it('[gk-template] a template without any constraint of its kind is found', () => {
    const both = ['', '-audit'].map((end) => `read-only-root${end}.yaml`);
    const folder = 'security/opa-gatekeeper/constraints';
    const broken = new Map([...files].filter(([file]) => !both.some((name) => file === `${folder}/${name}`)));
    const list = broken.get(`${folder}/kustomization.yaml`)!;
    const left = both.reduce((text, name) => text.replace(`  - ${name}\n`, ''), list);
    broken.set(`${folder}/kustomization.yaml`, left);
    expect(said('enforce/unused-template', broken)).toMatch(/no constraint is of the kind ReadOnlyRoot$/);
  });
});
