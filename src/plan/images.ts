import type { Service } from '../blueprint/service.ts';

/** Every image that the services declare, their own workloads' too, sorted. */
export function imagesOf(services: Service[]): string[] {
  const all = services.flatMap((one) => [
    one.image,
    ...(one.versions ?? []).map((version) => version.image),
    ...one.initContainers.map((init) => init.image),
  ]);
  return [...new Set(all.filter((image) => image !== undefined))].sort();
}

/**
 * Registry and first path segment of an image: `ghcr.io/org`, `docker.io/library` for a bare name.
 * The short forms are those of the container runtimes (distribution/reference, "normalized names").
 */
export function registryOf(image: string): string {
  const parts = image.split('@')[0]!.split('/');
  const first = parts[0]!;
  const hasRegistry =
    parts.length > 1 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const path = hasRegistry ? parts.slice(1) : parts;
  const registry = hasRegistry ? first : 'docker.io';
  if (path.length > 1) return `${registry}/${path[0]}`;
  return registry === 'docker.io' ? 'docker.io/library' : registry;
}
