import type { Layer } from '../../model.ts';
import { plural } from '../summary.ts';
import { html, type Html } from './html.ts';

/** The layers as they come up, each after what it waits for. */
export function layersSection(layers: Layer[]): Html {
  if (layers.length === 0) return html`<p>No layer was found: nothing is applied.</p>`;
  return html`<ol class="order">
    ${inOrder(layers).map(
      (layer) =>
        html`<li>
          <strong>${layer.name}</strong>
          <span class="soft">
            ${layer.path ? html`<code>${layer.path}</code>` : 'from upstream'},
            ${plural(layer.objects.length, 'object')}${[
              layer.dependsOn.length && ` · after ${layer.dependsOn.join(', ')}`,
              layer.waits && ' · later ones wait until it is ready',
              !layer.prunes && ' · deletes nothing',
              layer.decrypts && ' · decrypts',
              layer.serviceAccount && ` · as ${layer.serviceAccount}`,
            ]
              .filter((one) => typeof one === 'string')
              .map((one) => html`${one}`)}
          </span>
        </li>`,
    )}
  </ol>`;
}

/** Each after what it depends on; what is in a cycle comes last, as it is. */
function inOrder(layers: Layer[]): Layer[] {
  const done: Layer[] = [];
  let rest = layers;
  for (;;) {
    const ready = rest.filter((one) =>
      one.dependsOn.every((name) => !rest.some((other) => other.name === name && other !== one)),
    );
    if (ready.length === 0) return [...done, ...rest];
    done.push(...ready);
    rest = rest.filter((one) => !ready.includes(one));
  }
}
