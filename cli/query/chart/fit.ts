import stringWidth from 'string-width';

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A text in at most so many columns of a terminal; where something is left out, it ends in an ellipsis. */
export const cut = (text: string, columns: number): string => {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  for (const { segment } of letters.segment(text)) {
    if (stringWidth(kept + segment) > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
};

/** A text with spaces after it, so many columns of a terminal wide. */
export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - stringWidth(text)));

/** The columns the widest of some texts takes. */
export const widest = (texts: readonly string[]): number =>
  texts.reduce((width, text) => Math.max(width, stringWidth(text)), 0);
