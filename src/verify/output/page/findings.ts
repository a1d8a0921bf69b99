import type { Finding, Severity } from '../../model.ts';
import { excerpts, type Line } from '../excerpt.ts';
import type { Report } from '../summary.ts';
import { html, prose, type Html } from './html.ts';

export const BADGES: Record<Severity, string> = { error: 'bad', warning: 'warn', note: 'note' };

/** Findings by file, each with the lines it is about and how it is mended; then those that are ignored. */
export function findingsSection({ model, verdict, rules }: Report): Html {
  const { findings, suppressed } = verdict;
  const lines = excerpts(model, verdict);
  const fixes = new Map(rules.map((rule) => [rule.id, rule.fix]));
  const files = [...new Set(findings.map((one) => one.file))];
  return html`
    ${findings.length === 0 && html`<p>None.</p>`}
    ${files.map(
      (file) =>
        html`<h3><code>${file}</code></h3>
          ${findings
            .filter((one) => one.file === file)
            .map((one) => card(one, lines(file, one.position?.line), one.fix ?? fixes.get(one.rule) ?? ''))}`,
    )}
    ${
      suppressed.length > 0 &&
      html`<h3>Ignored, with the reason given in the file</h3>
        <ul>
          ${suppressed.map(
            (one) =>
              html`<li>
                <code>${one.file}${one.position ? `:${one.position.line}` : ''}</code>, ${one.rule}:
                ${one.message}
                <em>Reason: ${one.reason}</em>
              </li>`,
          )}
        </ul>`
    }
  `;
}

function card({ rule, severity, position, object, message }: Finding, lines: Line[], fix: string): Html {
  return html`<article class="finding">
    <p>
      <span class="badge ${BADGES[severity]}">${severity}</span> <a href="#${anchor(rule)}">${rule}</a>
      <span class="soft">${position && `line ${position.line}, column ${position.column}`} ${object}</span>
    </p>
    <p>${prose(message)}</p>
    ${lines.length > 0 && html`<pre tabindex="0">${lines.map(excerptLine)}</pre>`}
    <p><strong>Fix:</strong> ${prose(fix)}</p>
  </article>`;
}

const excerptLine = ({ number, text, marked }: Line) => {
  const line = `${String(number).padStart(5)}  ${text}`;
  return marked ? html`<mark>${line}</mark>${'\n'}` : html`${line}${'\n'}`;
};

export const anchor = (rule: string) => `rule-${rule.replace('/', '-')}`;
