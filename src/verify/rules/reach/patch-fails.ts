import { remarked } from './remarked.ts';

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/ */
export const patchFails = remarked(['failed-patch'], {
  id: 'reach/patch-fails',
  severity: 'error',
  title: 'A patch cannot be applied',
  why: 'kustomize stops at it, so nothing of the layer is applied.',
  fix: 'Correct the path or the operation that is named.',
});
