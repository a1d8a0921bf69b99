/** Looks of the page: system fonts and colours for light, dark and print; tables scroll on a phone, their first column stays. */
export const CSS = `
:root {
  color-scheme: light dark;
  --back: #ffffff; --raised: #f5f6f8; --text: #1c2129; --soft: #566072; --line: #d5dae2;
  --link: #0b57d0; --good: #146c2e; --good-back: #e3f4e7; --bad: #b3261e; --bad-back: #fbe6e4;
  --warn: #7a4f00; --warn-back: #fdf0d5; --note: #1f4e8c; --note-back: #e4eefb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14171c; --raised: #1d2229; --text: #e6e9ee; --soft: #a5afbd; --line: #38404c;
    --link: #8ab4f8; --good: #7fd89a; --good-back: #16301f; --bad: #ff9d94; --bad-back: #431d1b;
    --warn: #f4c56a; --warn-back: #3b2c0d; --note: #9dc3f7; --note-back: #182a44;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
main, header, nav, footer { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
footer { padding-bottom: 3rem; color: var(--soft); font-size: 0.875rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 0.75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.5rem; padding-top: 0.5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; overflow-wrap: anywhere; }
p, ul { margin: 0.5rem 0; }
main li { margin: 0.4rem 0; }
.legend li { margin: 0; }
a { color: var(--link); }
code, pre { font: 0.875em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { overflow-wrap: break-word; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; list-style: none; padding: 0; }
nav a { display: inline-block; padding: 0.35rem 0; }
.soft { color: var(--soft); }
.hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.verdict { padding: 0.75rem 1rem; border-left: 0.3rem solid; border-radius: 0.25rem; font-weight: 600; }
.good { color: var(--good); background: var(--good-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.warn { color: var(--warn); background: var(--warn-back); }
.note { color: var(--note); background: var(--note-back); }
.badge {
  display: inline-block; padding: 0 0.5rem; border-radius: 1rem; font-size: 0.8125rem; font-weight: 600;
  white-space: nowrap;
}
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 0.4rem; margin: 0.75rem 0; }
.scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: 0.9375rem; }
th, td { padding: 0.4rem 0.65rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { background: var(--raised); font-weight: 600; }
tbody th { font-weight: 500; background: var(--back); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.sticky th:first-child { position: sticky; left: 0; z-index: 1; border-right: 1px solid var(--line); }
.sticky thead th:first-child { background: var(--raised); }
.matrix { width: auto; font-size: 0.8125rem; }
.matrix thead th { padding: 0.6rem 0.25rem; vertical-align: bottom; }
.matrix thead th span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
.matrix thead th:first-child { padding: 0.6rem 0.65rem; }
.fit { width: fit-content; max-width: 100%; }
.matrix tbody th { white-space: nowrap; padding: 0.25rem 0.65rem; }
.matrix td {
  padding: 0.25rem; text-align: center; border-left: 1px solid var(--line); min-width: 2.6rem;
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
.matrix tr:hover > * { background-image: linear-gradient(rgb(127 127 127 / 12%), rgb(127 127 127 / 12%)); }
.legend { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; list-style: none; padding: 0; font-size: 0.875rem; }
.finding { border: 1px solid var(--line); border-radius: 0.4rem; padding: 0.75rem 1rem; margin: 0.75rem 0; break-inside: avoid; }
.finding p { overflow-wrap: anywhere; }
.finding pre { overflow-x: auto; background: var(--raised); padding: 0.5rem 0.75rem; border-radius: 0.25rem; margin: 0.5rem 0; }
.finding mark { background: var(--warn-back); color: var(--text); }
summary { cursor: pointer; padding: 0.35rem 0; font-weight: 500; }
summary .soft { font-weight: 400; }
@media (max-width: 40rem) {
  .matrix tbody th { white-space: normal; min-width: 7.5rem; max-width: 9rem; overflow-wrap: anywhere; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack, .stack tbody, .stack tr, .stack th, .stack td { display: block; width: auto; }
  .stack tr { padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  .stack tbody tr:last-child { border-bottom: 0; }
  .stack th, .stack td { border: 0; padding: 0.15rem 0.75rem; text-align: left !important; overflow-wrap: anywhere; }
  .stack td:empty { display: none; }
  .stack td::before { content: attr(data-label) ': '; color: var(--soft); }
}
@media print {
  :root {
    --back: #fff; --raised: #f0f0f0; --text: #000; --soft: #444; --line: #999; --link: #000; --good: #000;
    --good-back: #fff; --bad: #000; --bad-back: #ddd; --warn: #000; --warn-back: #eee; --note: #000; --note-back: #fff;
  }
  body { font-size: 10pt; }
  nav { display: none; }
  .scroll { overflow: visible; border: 0; }
  .matrix { font-size: 7pt; }
  .matrix td { min-width: 0; padding: 0.1rem; }
  .sticky th:first-child { position: static; }
  h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
}
`;
