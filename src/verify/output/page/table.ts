import { html, type Html } from './html.ts';

/** A table that scrolls by itself on narrow screens, with a caption for those who do not see it. */
export function table(caption: string, headings: string[], rows: Html[], label = caption): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table class="stack">
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${headings.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
