import { remarked } from './remarked.ts';

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/ (a target that matches nothing is no error) */
export const idlePatch = remarked(['idle-patch'], {
  id: 'reach/idle-patch',
  severity: 'error',
  title: 'A patch matches no object',
  why: 'kustomize says nothing about it, and the change that the patch was written for is not made.',
  fix: 'Correct kind, name, namespace or selector of its target, or remove the patch.',
});
