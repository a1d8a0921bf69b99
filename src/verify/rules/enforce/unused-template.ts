import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { constraintsOf, kindOf, templatesOf } from './constraints.ts';

/** https://open-policy-agent.github.io/gatekeeper/website/docs/howto#constraints */
export const unusedTemplate: Rule = {
  id: 'enforce/unused-template',
  area: 'enforce',
  severity: 'error',
  title: 'A policy template has a constraint',
  why: 'A ConstraintTemplate is the text of a rule; only a constraint of its kind makes anybody keep it.',
  fix: 'Write a constraint of the kind, in a layer after the template, or delete the template. metadata.name must be the kind in lower case.',
  *check(model) {
    const kinds = new Set(constraintsOf(model).map((one) => one.kind));
    for (const template of templatesOf(model)) {
      const kind = kindOf(template);
      if (template.name !== kind.toLowerCase())
        yield hit(
          template,
          ['metadata', 'name'],
          `${nameOf(template)}: must be named ${kind.toLowerCase()}, after its kind, or it is refused`,
        );
      if (!kinds.has(kind))
        yield hit(template, ['spec', 'crd'], `${nameOf(template)}: no constraint is of the kind ${kind}`);
    }
  },
};
