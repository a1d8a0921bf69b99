import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit, text } from '../../selectors.ts';
import { REMOVED } from './removed.ts';

export const removedApi: Rule = {
  id: 'fresh/removed-api',
  area: 'fresh',
  severity: 'error',
  title: 'Every API version is served',
  why: 'The cluster refuses an object of a version that it does not serve, and everything behind it waits.',
  fix: 'Write the version that is served, and read its changes: `flux migrate -f .` rewrites those of Flux.',
  *check(model) {
    const minor = Number(text(model.declared.inputs['kubernetesVersion']).split('.')[1] ?? Infinity);
    for (const object of model.objects) {
      const id = `${object.apiVersion}/${object.kind}`;
      const found = REMOVED.find((one) => one.pattern.test(id) && (one.kubernetes ?? 0) <= minor);
      if (!found) continue;
      const since = found.kubernetes
        ? `gone since Kubernetes 1.${found.kubernetes}`
        : 'served by no version that is supported';
      yield hit(
        object,
        ['apiVersion'],
        `${nameOf(object)}: ${object.apiVersion} is ${since}`,
        `Write ${found.instead}: ${found.source}`,
      );
    }
  },
};
