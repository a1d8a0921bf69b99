import { remarked } from './remarked.ts';

/** https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/loader/fileloader.go (`errIfGitContainmentViolation`, `errIfArgEqualOrHigher`) */
export const cycle = remarked(['cycle'], {
  id: 'reach/cycle',
  severity: 'error',
  title: 'A kustomization includes itself',
  why: 'kustomize refuses to build it, so nothing of the layer is applied.',
  fix: 'Remove the entry that leads back.',
});
