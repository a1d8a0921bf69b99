import { remarked } from './remarked.ts';

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/ */
export const missingEntry = remarked(['missing', 'outside'], {
  id: 'reach/missing-entry',
  severity: 'error',
  title: 'A kustomization names what is not there',
  why: 'kustomize then builds nothing of the folder, so the whole layer stays as it was.',
  fix: 'Add the file, or remove its entry.',
});
