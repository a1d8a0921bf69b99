import { remarked } from './remarked.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources */
export const leftOut = remarked(['left-out'], {
  id: 'reach/left-out',
  severity: 'error',
  title: 'An annotation keeps an object out of the cluster',
  why: 'The file looks as if it were applied, and it is not.',
  fix: 'Remove the annotation, or the object.',
});
