import type { Model } from '../../model.ts';
import { containersOf, templatesOf, text, type Path, type PodTemplate } from '../../selectors.ts';

export interface Image {
  template: PodTemplate;
  path: Path;
  image: string;
  /** Without tag and digest. */
  repository: string;
  tag: string;
  digest: string;
}

/** `registry/path:tag@sha256:…`: https://github.com/distribution/reference/blob/main/reference.go */
export function parseImage(image: string): Pick<Image, 'repository' | 'tag' | 'digest'> {
  const [name = '', digest = ''] = image.split('@');
  const [, repository = name, tag = ''] = /^(.+):([\w][\w.-]*)$/.exec(name) ?? [];
  return { repository, tag, digest };
}

/** Every image of every workload in the repository. */
export const imagesOf = (model: Model): Image[] =>
  templatesOf(model).flatMap((template) =>
    containersOf(template).map(({ container, path }) => {
      const image = text(container['image']);
      return { template, path: [...path, 'image'], image, ...parseImage(image) };
    }),
  );
