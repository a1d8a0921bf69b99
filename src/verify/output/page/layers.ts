import type { Layer } from '../../model.ts';
import { html, type Html } from './html.ts';
import { table } from './table.ts';

const HEADINGS = ['layer', 'folder', 'objects', 'after', 'awaited', 'applied as'];

/** The layers as they come up, each after what it waits for. */
export function layersSection(layers: Layer[]): Html {
  if (layers.length === 0) return html`<p>No layer was found: nothing is applied.</p>`;
  const caption = 'Layers in the order in which they come up';
  return table(caption, HEADINGS, inOrder(layers).map(row), 'Layers in order');
}

function row(layer: Layer, index: number): Html {
  const notes = [layer.decrypts && 'decrypts', !layer.prunes && 'deletes nothing'].filter(Boolean).join(', ');
  return html`<tr>
    <th scope="row">${index + 1}. ${layer.name}${notes && html` <span class="soft">(${notes})</span>`}</th>
    <td data-label="folder">${layer.path ? html`<code>${layer.path}</code>` : 'upstream'}</td>
    <td data-label="objects">${layer.path ? layer.objects.length : '-'}</td>
    <td data-label="after">${layer.dependsOn.join(', ')}</td>
    <td data-label="awaited">${layer.waits ? 'yes' : 'no'}</td>
    <td data-label="applied as">${layer.serviceAccount}</td>
  </tr>`;
}

/** Each after what it depends on; what is in a cycle comes last, as it is. */
function inOrder(layers: Layer[]): Layer[] {
  const done: Layer[] = [];
  let rest = layers;
  for (;;) {
    const names = new Set(rest.map((one) => one.name));
    const ready = rest.filter((one) => !one.dependsOn.some((name) => name !== one.name && names.has(name)));
    if (ready.length === 0) return [...done, ...rest];
    done.push(...ready);
    rest = rest.filter((one) => !ready.includes(one));
  }
}
