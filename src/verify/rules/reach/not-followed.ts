import { remarked } from './remarked.ts';

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ */
export const notFollowed = remarked(['not-followed'], {
  id: 'reach/not-followed',
  severity: 'warning',
  title: 'A field of a kustomization is not followed',
  why: 'What it changes is not part of this proof: the cluster may get other objects than those that were checked.',
  fix: 'Write the change as a patch, or into the file itself.',
});
