import { plural } from '../summary.ts';
import { differenceOf, type Connection, type Difference } from './connections.ts';
import { html, type Html } from './html.ts';

/** More rows than this are no picture any more: names are put together by namespace. */
const MAX_ROWS = 60;
/** More lines are no list that anyone reads. */
const MAX_LINES = 500;

/** Who may call whom: a matrix, then every connection with each layer's word. */
export function matrixSection(all: Connection[]): Html {
  if (all.length === 0) return html`<p>No connection is declared, and none is allowed.</p>`;
  const single = namesOf(all, 'from', 'to').length <= MAX_ROWS;
  const grouped = single || namesOf(all, 'fromGroup', 'toGroup').length <= MAX_ROWS;
  return html`
    <p>
      Rows call columns. A letter stands where the declaration (D), the network policies (N) or the mesh (M)
      allow at least one port; a dot where they do not; a dash where no object of that layer judges.
    </p>
    <ul class="legend">
      <li><span class="badge good">DNM</span> allowed and declared</li>
      <li><span class="badge bad">D·M</span> declared, but blocked</li>
      <li><span class="badge bad">·NM</span> open, but not declared</li>
      <li><span class="badge">·N·</span> one layer allows, another stops it</li>
    </ul>
    ${grouped && matrix(all, single)}
    ${!single && html`<p>${plural(namesOf(all, 'from', 'to').length, 'end')}: names are put together by namespace.</p>`}
    <h3>Every connection</h3>
    ${list(all)}
  `;
}

function matrix(all: Connection[], single: boolean): Html {
  const ends = (one: Connection) => (single ? [one.from, one.to] : [one.fromGroup, one.toGroup]);
  const cells = new Map<string, Connection[]>();
  for (const one of all) cells.set(ends(one).join(' '), [...(cells.get(ends(one).join(' ')) ?? []), one]);
  const rows = single ? namesOf(all, 'from') : namesOf(all, 'fromGroup');
  const columns = single ? namesOf(all, 'to') : namesOf(all, 'toGroup');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Matrix of who may call whom">
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
              ${columns.map((column) => cell(cells.get(`${row} ${column}`) ?? []))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const CLASSES: Record<Difference, string> = { match: 'good', blocked: 'bad', open: 'bad', none: '' };
const WORDS: Record<Difference, string> = {
  match: 'as declared',
  blocked: 'declared, but blocked',
  open: 'open, but not declared',
  none: 'stopped',
};

function cell(list: Connection[]): Html {
  if (list.length === 0) return html`<td></td>`;
  const worst = worstOf(list);
  const ports = [...new Set(list.map((one) => `${one.port}/${one.protocol}`))].join(', ');
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
  return html`<td class="${CLASSES[worst]}" title="${WORDS[worst]}: ${ports}">
    <span aria-hidden="true">${letters}</span><span class="hidden">${WORDS[worst]}: ${ports}</span>
  </td>`;
}

const letter = (name: string, votes: (boolean | null)[]) =>
  votes.includes(true) ? name : votes.includes(false) ? '·' : '–';

function worstOf(list: Connection[]): Difference {
  const found = list.map(differenceOf);
  return (['open', 'blocked', 'match', 'none'] as const).find((one) => found.includes(one))!;
}

function list(all: Connection[]): Html {
  const rank = (one: Connection) => ({ open: 0, blocked: 1, match: 2, none: 3 })[differenceOf(one)];
  const sorted = all
    .map((one, index) => ({ one, index }))
    .sort((a, b) => rank(a.one) - rank(b.one) || a.index - b.index)
    .map(({ one }) => one);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Every connection">
      <table class="stack">
        <caption class="hidden">
          Every connection and what each layer says of it
        </caption>
        <thead>
          <tr>
            ${['from', 'to', 'port', 'methods and paths', 'declared', 'network', 'mesh', 'difference'].map(
              (name) => html`<th scope="col">${name}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${sorted.slice(0, MAX_LINES).map(line)}
        </tbody>
      </table>
    </div>
    ${
      sorted.length > MAX_LINES &&
      html`<p>
        And ${plural(sorted.length - MAX_LINES, 'more connection')}, which is allowed as declared or stopped.
      </p>`
    }`;
}

function line(one: Connection): Html {
  const difference = differenceOf(one);
  const vote = (value: boolean | null) => (value === null ? 'does not judge' : value ? 'allows' : 'stops');
  return html`<tr>
    <th scope="row">${one.from}</th>
    <td data-label="to">${one.to}</td>
    <td data-label="port">${one.port}/${one.protocol}</td>
    <td data-label="methods and paths">${one.rules}</td>
    <td data-label="declared">${one.declared ? 'yes' : 'no'}</td>
    <td data-label="network">${vote(one.network)}</td>
    <td data-label="mesh">${vote(one.mesh)}</td>
    <td data-label="difference">
      <span class="badge ${CLASSES[difference]}">${WORDS[difference]}</span>
    </td>
  </tr>`;
}

type Key = 'from' | 'to' | 'fromGroup' | 'toGroup';

/** In the order of the declaration, which keeps a namespace together. */
const namesOf = (all: Connection[], ...keys: Key[]) => [
  ...new Set(all.flatMap((one) => keys.map((key) => one[key]))),
];
