import { hasFindings } from '../../run.ts';
import { AREAS, countByArea, countOf, countText, scopeText, type Report } from '../summary.ts';
import { connectionList } from './connection-list.ts';
import { connections, type Connection } from './connections.ts';
import { controlsSection } from './controls.ts';
import { anchor, BADGES, findingsSection } from './findings.ts';
import { html, prose, style, type Html } from './html.ts';
import { layersSection } from './layers.ts';
import { matrix } from './matrix.ts';
import { CSS } from './style.ts';

/** The verdict as one page that needs nothing else: no script, no network, light and dark, narrow and wide, and on paper. */
export function toPage(report: Report): string {
  const { model, version } = report;
  const { name, gaps, pending } = model.declared;
  const sections: [id: string, title: string, content: Html][] = [
    ['findings', 'Findings', findingsSection(report)],
    ['calls', 'Who may call whom', callsSection(model)],
    ['layers', 'Layers, in order', layersSection(model.layers)],
    ['controls', 'Map of controls', controlsSection(report)],
    ['gaps', 'Gaps and pending', openSection(gaps, pending)],
    ['rules', 'Rules', rulesSection(report)],
  ];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${name}: verified against its service graph</title>
        ${style(CSS)}
      </head>
      <body>
        <header>
          <h1>${name}, verified against its service graph</h1>
          ${banner(report)}
        </header>
        <nav aria-label="Sections">
          <ul>
            ${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>
        <main>
          ${sections.map(
            ([id, title, content]) =>
              html`<section id="${id}">
                <h2>${title}</h2>
                ${content}
              </section>`,
          )}
        </main>
        <footer><p>create-zero-trust ${version}, from the files alone. It saw no cluster.</p></footer>
      </body>
    </html> `;
  return page.markup.replaceAll(/^\s+(?=<)/gm, '');
}

function banner({ verdict, strict }: Report): Html {
  const clean = !hasFindings(verdict);
  const counts = countText(countOf(verdict.findings));
  return html`<p class="verdict ${clean ? 'good' : 'bad'}">
      ${clean ? 'Clean' : 'Not proven'}:
      ${counts}${verdict.suppressed.length > 0 && `; ${verdict.suppressed.length} ignored`}.
    </p>
    <p class="soft">
      Looked at ${scopeText(verdict)}. ${strict ? 'Gaps and what is pending count.' : 'Notes do not count.'}
    </p>`;
}

function callsSection(model: Report['model']): Html {
  const all = readable(model);
  if (!all) return html`<p>The policies could not be put together: the findings say which rule failed.</p>`;
  if (all.length === 0) return html`<p>No connection is declared, and none is allowed.</p>`;
  return html`${matrix(all)} ${connectionList(all)}`;
}

/** What makes the rules of the graph fail must not take the page, which says so, with it. */
function readable(model: Report['model']): Connection[] | undefined {
  try {
    return connections(model);
  } catch {
    return undefined;
  }
}

function openSection(
  gaps: Report['model']['declared']['gaps'],
  pending: Report['model']['declared']['pending'],
) {
  return html`
    <h3>Gaps: declared, and enforced by no chosen component</h3>
    ${gaps.length === 0 && html`<p>None.</p>`}
    <ul>
      ${gaps.map(
        (gap) =>
          html`<li>
            <strong>${gap.control}</strong>: ${gap.reason}
            <ul>
              ${gap.items.map((item) => html`<li>${item}</li>`)}
            </ul>
          </li>`,
      )}
    </ul>
    <h3>Pending: what only you can supply</h3>
    ${pending.length === 0 && html`<p>Nothing.</p>`}
    <ul>
      ${pending.map((one) => html`<li>${one.what}<br /><code>${one.command}</code></li>`)}
    </ul>
  `;
}

function rulesSection(report: Report): Html {
  return html`${countByArea(report).map(
    ({ area }) =>
      html`<h3>${AREAS[area]}</h3>
        ${report.rules
          .filter((rule) => rule.area === area)
          .map((rule) => {
            const found = report.verdict.findings.filter((one) => one.rule === rule.id).length;
            return html`<details>
              <summary>
                ${rule.title} <span class="soft">${rule.id}</span>
                <span class="badge ${found ? BADGES[rule.severity] : 'good'}"
                  >${found || 'nothing'} found</span
                >
              </summary>
              <p id="${anchor(rule.id)}">${prose(rule.why)}</p>
              <p><strong>Fix:</strong> ${prose(rule.fix)}</p>
            </details>`;
          })}`,
  )}`;
}
