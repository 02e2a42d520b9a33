import Table from 'cli-table3';

/** Nothing between two rows. */
const COMPACT = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** What is left of a terminal for the last column, beside the others with their frames; undefined where all fits. */
const lastWidth = (cells: readonly (readonly string[])[], terminal: number): number | undefined => {
  const columns = cells[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length + 3)),
  );
  const others = widths.slice(0, -1).reduce((sum, width) => sum + width, 1);
  return others + (widths.at(-1) ?? 0) > terminal ? Math.max(terminal - others - 1, LEAST_WIDTH) : undefined;
};

const LEAST_WIDTH = 12;

/** A table without colours, its last column wrapped to the width of the terminal; some columns, by number, are aligned to the right, as numbers are. */
export const plainTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  terminal = process.stdout.columns ?? Number.POSITIVE_INFINITY,
): string => {
  const last = lastWidth([head, ...rows], terminal);
  const table = new Table({
    head: [...head],
    chars: COMPACT,
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: last === undefined ? [] : [...head.slice(1).map(() => null), last],
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
};
