import { remarked } from './remarked.ts';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#generating-a-kustomizationyaml-file */
export const notAManifest = remarked(['no-manifest'], {
  id: 'reach/not-a-manifest',
  severity: 'error',
  title: 'A file among the manifests is no Kubernetes object',
  why: 'Flux refuses to build a folder with such a file, so nothing of the layer is applied.',
  fix: 'Move it to a folder that no layer applies, or name its folder instead of the file.',
});
