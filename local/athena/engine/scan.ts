import type { Footer } from './footers.ts';
import type { ReadColumn } from './opened-table.ts';

/**
 * The bytes of the column chunks a query reads, since Athena charges for those of a column store
 * (https://docs.aws.amazon.com/athena/latest/ug/columnar-storage.html). Row groups its conditions could skip count.
 */
export const chunkBytes = (footers: readonly Footer[], read: readonly ReadColumn[]): number => {
  const wanted = new Map<Footer['schema'], number[]>();
  return footers.reduce((sum, { schema, bytes }) => {
    const leaves = wanted.get(schema) ?? leavesRead(schema.leaves, read);
    wanted.set(schema, leaves);
    return leaves.reduce((total, leaf) => total + (bytes[leaf] ?? 0), sum);
  }, 0);
};

const leavesRead = (leaves: readonly (readonly string[])[], read: readonly ReadColumn[]): number[] =>
  leaves.flatMap((leaf, index) =>
    read.some((column) => column.every((name, depth) => leaf[depth] === name)) ? [index] : [],
  );
