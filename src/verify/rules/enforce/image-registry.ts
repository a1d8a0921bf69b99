import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { imagesOf } from './images.ts';

/** Where the images of platforms are published: namespaces that are not for services may use them without a word. */
const PUBLIC = [
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'mcr.microsoft.com',
  'mirror.gcr.io',
  'public.ecr.aws',
  'quay.io',
  'registry.k8s.io',
];

/** https://github.com/distribution/reference/blob/main/normalize.go: without a host, it is Docker's. */
export const imageRegistry: Rule = {
  id: 'enforce/image-registry',
  area: 'enforce',
  severity: 'error',
  title: 'An image comes from a registry of the graph',
  why: 'Whoever holds another registry decides what runs; where policies enforce, the pod is refused.',
  fix: 'Use the image of zero-trust.yaml, or add the registry to imageRegistries there.',
  *check(model) {
    const apps = new Set(
      model.declared.namespaces.filter((one) => one.kind === 'app').map((one) => one.name),
    );
    const registries = model.declared.registries;
    for (const { template, path, repository } of imagesOf(model)) {
      const { object } = template;
      const full = normalized(repository);
      const known = apps.has(object.namespace) ? registries : [...registries, ...PUBLIC];
      if (known.some((one) => full.startsWith(`${one}/`))) continue;
      const named = `of no registry that zero-trust.yaml names`;
      const which = apps.has(object.namespace) ? named : `${named}, nor of a public one`;
      yield hit(object, path, `${nameOf(object)}: image ${full} is ${which}`);
    }
  },
};

function normalized(repository: string): string {
  if (!repository.includes('/')) return `docker.io/library/${repository}`;
  const host = repository.split('/')[0]!;
  return /[.:]|^localhost$/.test(host) ? repository : `docker.io/${repository}`;
}
