import type { Hit, Model, Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { credentialsIn } from '../../secrets/formats.ts';
import { leavesOf } from '../../secrets/leaves.ts';
import { isSecret } from '../../secrets/named.ts';
import { everyObject } from '../../secrets/objects.ts';
import { positionAt } from '../../secrets/position.ts';
import { hit } from '../../selectors.ts';

/** Credentials outside of Secrets. What was found is never printed. */
export const credential: Rule = {
  id: 'secrets/credential',
  area: 'secrets',
  severity: 'error',
  title: 'No credential in ConfigMaps, environments, arguments, values or texts',
  why: 'What is not a Secret is shown to everybody who may look at pods or read the repository, and is written to logs.',
  fix: 'Change the credential, declare it under `secrets` of the service in zero-trust.yaml, and seal it.',
  *check(model) {
    const seen = new Set<string>();
    for (const one of [...known(model), ...named(model)]) {
      const place = `${one.file}:${one.position?.line}`;
      if (!seen.has(place)) yield one;
      seen.add(place);
    }
  },
};

function* known({ files }: Model): Generator<Hit> {
  for (const [file, text] of files) {
    for (const { what, index } of credentialsIn(text)) {
      // Documentation shows how an address is written.
      if (file.endsWith('.md') && what.startsWith('a URL')) continue;
      yield { file, position: positionAt(text, index), message: `${file}: holds ${what}` };
    }
  }
}

function* named(model: Model): Generator<Hit> {
  for (const object of everyObject(model))
    for (const { name, value, path } of leavesOf(object))
      if (isSecret(name, value)) yield hit(object, path, `${nameOf(object)}: ${name} is given in plain text`);
}
