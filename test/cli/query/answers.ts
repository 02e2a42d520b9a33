import type { Answer } from '../../../cli/query/athena.ts';

/** An answer of columns, `name type`, and rows. */
export const answerOf = (columns: readonly string[], rows: Answer['rows']): Answer => ({
  columns: columns.map((column) => {
    const [name = '', type = ''] = column.split(' ');
    return { name, type };
  }),
  rows,
  bytesScanned: 0,
  milliseconds: 0,
});
