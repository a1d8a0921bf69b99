import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, records, text, texts } from '../../selectors.ts';
import { admissionPolicies } from './admission.ts';
import { constraintsOf } from './constraints.ts';

/** Lists in policies that zero-trust.yaml decides: registries, and images that the mesh injects by tag. */
export const policyLists: Rule = {
  id: 'enforce/policy-lists',
  area: 'enforce',
  severity: 'error',
  title: 'A policy allows the registries and images of the graph, and no others',
  why: 'One more entry in a list of what is allowed opens it for every pod of the cluster.',
  fix: 'Take the entry out, or add the registry to imageRegistries in zero-trust.yaml.',
  *check(model) {
    const allowed: Record<string, string[]> = {
      registries: model.declared.registries,
      injected: texts(model.declared.provides['mesh']?.['injectedImages']),
    };
    for (const object of constraintsOf(model))
      for (const [name, wanted] of Object.entries(allowed)) {
        const path = ['spec', 'parameters', name];
        const extra = texts(dig(object.body, ...path)).filter((item) => !wanted.includes(item));
        if (extra.length)
          yield hit(
            object,
            path,
            `${nameOf(object)}: ${name} lists ${extra.join(', ')}, which zero-trust.yaml does not`,
          );
      }
    for (const { object } of admissionPolicies(model)) {
      for (const [index, one] of records(dig(object.body, 'spec', 'variables')).entries()) {
        const wanted = allowed[text(one['name'])];
        const listed = [...text(one['expression']).matchAll(/'([^']+)'/g)].map((match) => match[1]!);
        const extra = wanted ? listed.filter((item) => !wanted.includes(item)) : [];
        if (extra.length)
          yield hit(
            object,
            ['spec', 'variables', index],
            `${nameOf(object)}: ${one['name']} lists ${extra.join(', ')}, which zero-trust.yaml does not`,
          );
      }
    }
  },
};
