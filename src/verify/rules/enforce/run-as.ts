import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { containersOf, dig, hit, templatesOf, type PodTemplate } from '../../selectors.ts';
import { declaredTemplate } from './declared-template.ts';

const FIELDS = ['runAsUser', 'runAsGroup', 'fsGroup', 'supplementalGroups'];

/** https://kubernetes.io/docs/tasks/configure-pod-container/security-context/ */
export const runAs: Rule = {
  id: 'enforce/run-as',
  area: 'enforce',
  severity: 'error',
  title: 'A service runs as the user that the graph declares',
  why: 'Without it the image decides, and group 0 or a user shared with other pods owns the files.',
  fix: 'Set the fields as `runAs` in zero-trust.yaml says, or change it there.',
  *check(model) {
    for (const template of templatesOf(model)) {
      const declared = declaredTemplate(model, template.object);
      if (!declared) continue;
      const { object, path } = template;
      for (const field of FIELDS) {
        const [is, wanted] = [usersOf(template, field), usersOf(declared, field)];
        if (is !== wanted)
          yield hit(
            object,
            [...path, 'spec', 'securityContext', field],
            `${nameOf(object)}: ${field} is ${is || 'not set'}, in zero-trust.yaml it is ${wanted || 'not set'}`,
          );
      }
    }
  },
};

/** What holds for each container: its own word before the pod's. */
function usersOf(template: PodTemplate, field: string): string {
  const values = containersOf(template).map(({ container }) =>
    JSON.stringify(
      dig(container, 'securityContext', field) ?? dig(template.spec, 'securityContext', field) ?? null,
    ),
  );
  return [...new Set(values)].filter((one) => one !== 'null').join(', ');
}
