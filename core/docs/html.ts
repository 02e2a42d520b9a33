/** Text that is HTML already. Whatever else goes into a page is escaped. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | readonly Part[] | undefined | false;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

const isHtml = (part: Html | readonly Part[]): part is Html => 'html' in part;

const toText = (part: Part): string => {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part));
  return isHtml(part) ? part.html : part.map(toText).join('');
};

/**
 * HTML from a template: every value is escaped, unless it is HTML from another template.
 *
 * @example
 * html`<p>${'a < b'}</p>`.html // <p>a &lt; b</p>
 */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: texts.map((text, index) => text + toText(parts[index])).join(''),
});

/** A text with `code` between backticks marked as such. */
export const prose = (text: string): Html[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
