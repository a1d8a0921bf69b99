import { printable } from '../excerpt.ts';

/** Markup that is safe to put into a page. */
export interface Html {
  markup: string;
}

type Value = string | number | Html | Html[] | false | undefined;

/** Markup from a template. Every value is escaped, save markup made the same way; nothing else makes markup. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return { markup: parts.map((part, index) => part + markupOf(values[index])).join('') };
}

function markupOf(value: Value): string {
  if (value === undefined || value === false) return '';
  if (Array.isArray(value)) return value.map((one) => one.markup).join('');
  return typeof value === 'object' ? value.markup : escape(String(value));
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string) => printable(text).replaceAll(/[&<>"']/g, (one) => ENTITIES[one]!);

/** A rule's or a finding's text, with `code` as it is meant. */
export const prose = (text: string): Html => ({
  markup: text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 ? html`<code>${part}</code>` : html`${part}`).markup)
    .join(''),
});

/** A style sheet, which is ours: no value goes into it. */
export const style = (css: string): Html => ({ markup: `<style>${css}</style>` });
