import { plural } from '../summary.ts';
import { differenceOf, type Connection } from './connections.ts';
import { CLASSES, WORDS } from './difference.ts';
import { html, type Html } from './html.ts';
import { table } from './table.ts';

/** More lines are no list that anyone reads. */
const MAX_LINES = 500;
const HEADINGS = ['from', 'to', 'port', 'methods and paths', 'declared', 'network', 'mesh', 'difference'];

/** Every connection with each layer's word: what differs from the declaration in plain sight, the rest to unfold. */
export function connectionList(all: Connection[]): Html {
  const differing = all.filter((one) => differenceOf(one) !== 'match');
  const matching = all.filter((one) => differenceOf(one) === 'match');
  return html`<h3>Differences</h3>
    ${differing.length === 0 && html`<p>None: every layer allows what is declared, and no more.</p>`}
    ${differing.length > 0 && lines('Connections that differ from the declaration', differing)}
    ${
      matching.length > 0 &&
      html`<details>
        <summary>${plural(matching.length, 'connection')} as declared</summary>
        ${lines('Connections as declared', matching)}
      </details>`
    }`;
}

function lines(caption: string, all: Connection[]): Html {
  return html`${table(caption, HEADINGS, all.slice(0, MAX_LINES).map(line))}
  ${all.length > MAX_LINES && html`<p>And ${all.length - MAX_LINES} more.</p>`}`;
}

const word = (vote: boolean | null) => (vote === null ? '-' : vote ? 'allows' : 'stops');

function line(one: Connection): Html {
  const difference = differenceOf(one);
  return html`<tr>
    <th scope="row">${one.from}</th>
    <td data-label="to">${one.to}</td>
    <td data-label="port">${one.ports}</td>
    <td data-label="methods and paths">${one.rules}</td>
    <td data-label="declared">${one.declared ? 'yes' : 'no'}</td>
    <td data-label="network">${word(one.network)}</td>
    <td data-label="mesh">${word(one.mesh)}</td>
    <td data-label="difference"><span class="badge ${CLASSES[difference]}">${WORDS[difference]}</span></td>
  </tr>`;
}
