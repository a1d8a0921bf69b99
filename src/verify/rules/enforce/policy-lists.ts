import type { Hit, KubernetesObject, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { dig, hit, records, text, texts, type Path } from '../../selectors.ts';
import { pinsOf } from '../fresh/pins.ts';
import { admissionPolicies } from './admission.ts';
import { constraintsOf } from './constraints.ts';

/** Lists in policies that zero-trust.yaml decides: registries, and images that the mesh injects by tag. */
export const policyLists: Rule = {
  id: 'enforce/policy-lists',
  area: 'enforce',
  severity: 'error',
  title: 'A policy allows the registries and images of the graph, and no others',
  why: 'One more entry in a list of what is allowed opens it for every pod of the cluster. An image of the mesh that is missing keeps every new pod out.',
  fix: 'Take the entry out, or add the registry to imageRegistries in zero-trust.yaml. Images of the mesh have the version of its charts.',
  *check(model) {
    const allowed = { registries: model.declared.registries, injected: injectedHere(model) };
    for (const { object, path, name, listed } of listsOf(model)) {
      const extra = listed.filter((item) => !allowed[name].includes(item));
      const lacking = name === 'injected' ? allowed[name].filter((item) => !listed.includes(item)) : [];
      if (extra.length)
        yield say(object, path, `${name} lists ${extra.join(', ')}, which zero-trust.yaml does not`);
      if (lacking.length)
        yield say(object, path, `${name} does not list ${lacking.join(', ')}, which the mesh adds to pods`);
    }
  },
};

interface List {
  object: KubernetesObject;
  path: Path;
  name: 'registries' | 'injected';
  listed: string[];
}

const NAMES = ['registries', 'injected'] as const;

/** Parameters of constraints, and variables of policies in CEL. */
function* listsOf(model: Model): Generator<List> {
  for (const object of constraintsOf(model))
    for (const name of NAMES) {
      const value = dig(object.body, 'spec', 'parameters', name);
      if (value !== undefined)
        yield { object, path: ['spec', 'parameters', name], name, listed: texts(value) };
    }
  for (const { object } of admissionPolicies(model))
    for (const [index, one] of records(dig(object.body, 'spec', 'variables')).entries()) {
      const name = NAMES.find((known) => known === one['name']);
      const listed = [...text(one['expression']).matchAll(/'([^']+)'/g)].map((match) => match[1]!);
      if (name) yield { object, path: ['spec', 'variables', index], name, listed };
    }
}

/** Images that the injector writes into pods, in the version that its chart has here: somebody may have raised it. */
function injectedHere(model: Model): string[] {
  const images = texts(model.declared.provides['mesh']?.['injectedImages']);
  const chart = pinsOf(model).find(({ what }) => what === 'istiod');
  return chart ? images.map((image) => image.replace(`:${chart.tested}`, `:${chart.is}`)) : images;
}

const say = (object: KubernetesObject, path: Path, what: string): Hit =>
  hit(object, path, `${nameOf(object)}: ${what}`);
