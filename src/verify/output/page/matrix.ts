import { plural } from '../summary.ts';
import { differenceOf, type Connection } from './connections.ts';
import { CLASSES, WORDS } from './difference.ts';
import { html, type Html } from './html.ts';

/** More rows than this are no picture any more: names are put together by namespace. */
const MAX_ROWS = 60;

/** Who may call whom: rows call columns, a letter per layer. Nothing where even the namespaces are too many. */
export function matrix(all: Connection[]): Html {
  const ends = countEnds(all, (name) => name);
  const nameOf = ends > MAX_ROWS ? groupOf : (name: string) => name;
  if (countEnds(all, nameOf) > MAX_ROWS)
    return html`<p>${plural(ends, 'end')} are no picture any more; the list has the connections.</p>`;
  return html`<p>
      Rows call columns. A letter stands for each layer that lets at least one port through: the declaration
      (D), the network policies (N), the mesh (M); a dot for one that does not, a dash for one that does not
      judge.
    </p>
    <ul class="legend">
      <li><span class="badge good">DNM</span> ${WORDS.match}</li>
      <li><span class="badge bad">D·M</span> ${WORDS.blocked}</li>
      <li><span class="badge bad">·NM</span> ${WORDS.open}</li>
      <li><span class="badge">·N·</span> ${WORDS.none}</li>
    </ul>
    ${ends > MAX_ROWS && html`<p>${plural(ends, 'end')}: they are put together by namespace.</p>`}
    ${table(all, nameOf)}`;
}

type NameOf = (name: string) => string;

const countEnds = (all: Connection[], nameOf: NameOf) =>
  new Set(all.flatMap(({ from, to }) => [nameOf(from), nameOf(to)])).size;

/** The namespace of a pod's name; addresses and what has no namespace stay as they are. */
const groupOf = (name: string) =>
  /^([a-z0-9-]+)\/[a-z0-9-]+$/.exec(name)?.[1] ?? name.replace(/^(namespace|any other pod of) /, '');

function table(all: Connection[], nameOf: NameOf): Html {
  const cells = new Map<string, Connection[]>();
  for (const one of all) {
    const key = JSON.stringify([nameOf(one.from), nameOf(one.to)]);
    const known = cells.get(key);
    if (known) known.push(one);
    else cells.set(key, [one]);
  }
  const rows = [...new Set(all.map(({ from }) => nameOf(from)))];
  const columns = [...new Set(all.map(({ to }) => nameOf(to)))];
  return html`<div class="scroll fit" tabindex="0" role="region" aria-label="Matrix of who may call whom">
    <table class="matrix sticky">
      <caption class="hidden">
        Who may call whom, by layer
      </caption>
      <thead>
        <tr>
          <th scope="col">from \\ to</th>
          ${columns.map((name) => html`<th scope="col"><span>${name}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">${row}</th>
              ${columns.map((column) => cell(cells.get(JSON.stringify([row, column])) ?? []))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const MAX_PORTS = 5;

function cell(list: Connection[]): Html {
  if (list.length === 0) return html`<td></td>`;
  const found = list.map(differenceOf);
  const worst = (['open', 'blocked', 'match', 'none'] as const).find((one) => found.includes(one))!;
  const ports = [...new Set(list.map((one) => one.ports))];
  const more = ports.length > MAX_PORTS ? ` and ${ports.length - MAX_PORTS} more` : '';
  const text = `${WORDS[worst]}: ${ports.slice(0, MAX_PORTS).join(', ')}${more}`;
  const letters = [
    list.some((one) => one.declared) ? 'D' : '·',
    letter(
      'N',
      list.map((one) => one.network),
    ),
    letter(
      'M',
      list.map((one) => one.mesh),
    ),
  ].join('');
  return html`<td class="${CLASSES[worst]}" title="${text}">
    <span aria-hidden="true">${letters}</span><span class="hidden">${text}</span>
  </td>`;
}

const letter = (name: string, votes: (boolean | null)[]) =>
  votes.includes(true) ? name : votes.includes(false) ? '·' : '-';
