import type { Rule } from '../../model.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#path */
export const unreachable: Rule = {
  id: 'reach/unreachable',
  area: 'reach',
  severity: 'error',
  title: 'A manifest is not reached from the GitOps entry',
  why: 'It looks like a control and does nothing: no kustomization of the cluster leads to it.',
  fix: 'List the file under resources of the kustomization.yaml of its folder, or delete it.',
  *check({ unreachable: files, layers }) {
    for (const file of files) {
      const home = layers
        .filter(({ path }) => path && file.startsWith(`${path}/`))
        .sort((a, b) => b.path.length - a.path.length)[0];
      const fix = home
        ? `add ${file.slice(home.path.length + 1)} to resources of ${home.path}/kustomization.yaml`
        : 'move it into the folder of a layer';
      yield { file, message: 'no kustomization leads to this file, so it is not applied', fix };
    }
  },
};
