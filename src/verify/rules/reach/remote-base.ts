import { remarked } from './remarked.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/ (`--no-remote-bases`) */
export const remoteBase = remarked(['remote'], {
  id: 'reach/remote-base',
  severity: 'error',
  title: 'A kustomization fetches files from elsewhere',
  why: 'What is applied was not reviewed in this repository, and can change without a commit. Flux is told to refuse it.',
  fix: 'Copy the files here, or give them a source of their own, pinned to a tag.',
});
