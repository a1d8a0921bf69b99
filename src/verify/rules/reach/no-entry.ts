import type { Rule } from '../../model.ts';

/** https://fluxcd.io/flux/guides/repository-structure/ */
export const noEntry: Rule = {
  id: 'reach/no-entry',
  area: 'reach',
  severity: 'error',
  title: 'The repository has no GitOps entry',
  why: 'Without clusters/<name>/ nothing of it reaches a cluster.',
  fix: 'Restore clusters/<name>/, or render it again.',
  *check({ layers, blueprint: { name } }) {
    if (layers.some((one) => one.path === `clusters/${name}`)) return;
    const [entry] = layers;
    yield {
      file: 'zero-trust.yaml',
      message: entry
        ? `clusters/${name}, which is named here, does not exist; ${entry.path} was read in its place`
        : `there is no folder clusters/${name}: nothing is applied`,
    };
  },
};
