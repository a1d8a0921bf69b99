import type { KubernetesObject, Model } from '../../model.ts';
import { countOf, countText, plural, type Report } from '../summary.ts';
import { CONTROLS, type Control } from './control-map.ts';
import { html, type Html } from './html.ts';

/** Which control consists of which objects, where they lie, how many rules prove it, and what those found. */
export function controlsSection(report: Report): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Map of controls">
    <table class="stack">
      <caption class="hidden">
        Controls, the objects they are made of, and what was found
      </caption>
      <thead>
        <tr>
          ${['control', 'objects', 'folders', 'proven by', 'found'].map(
            (name) => html`<th scope="col">${name}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${CONTROLS.map((control) => row(control, report))}
      </tbody>
    </table>
  </div>`;
}

function row(control: Control, { model, verdict, rules }: Report): Html {
  const objects = objectsOf(model).filter(control.is);
  const proves = (rule: string) => control.rules.some((one) => rule.startsWith(one));
  const counts = countOf(verdict.findings.filter((one) => proves(one.rule)));
  const badge = counts.error ? 'bad' : counts.warning ? 'warn' : counts.note ? 'note' : 'good';
  return html`<tr>
    <th scope="row">${control.name}</th>
    <td data-label="objects">${kindText(objects)}</td>
    <td data-label="folders">${folders(objects).map((one) => html`<code>${one}</code><br />`)}</td>
    <td data-label="proven by">${plural(rules.filter((rule) => proves(rule.id)).length, 'rule')}</td>
    <td data-label="found">
      <span class="badge ${badge}">${badge === 'good' ? 'nothing' : countText(counts)}</span>
    </td>
  </tr>`;
}

/** Layers are objects, too, though they stand outside of what they apply. */
const objectsOf = ({ objects, layers }: Model) => [
  ...new Set([...layers.map((one) => one.object), ...objects]),
];

function kindText(objects: KubernetesObject[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${kind}\u00a0×\u00a0${count}`).join(', ') || 'none';
}

/** The two first parts of the paths; below `apps/` one. */
const folders = (objects: KubernetesObject[]) => {
  const short = ({ file }: KubernetesObject) => file.split('/').slice(0, file.startsWith('apps/') ? 1 : 2);
  return [...new Set(objects.map((one) => short(one).join('/')))].sort();
};
