import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { quoteText } from '../sql/types.ts';
import type { IcebergContext } from './context.ts';
import { dataFile, writtenFile } from './data-file.ts';
import type { Draft } from './draft.ts';
import { CONTENT, type DataFile, type Entry } from './manifest.ts';
import { partitionColumns } from './manifest-schema.ts';
import { specOf, type TableMetadata } from './metadata.ts';
import { partitionKey, partitionPath } from './partition-value.ts';
import { copyOptions } from './properties.ts';
import { deletesTable } from './deletes.ts';
import type { Scan } from './scan.ts';
import type { Leaf } from './types.ts';
import { dataLocation } from './write.ts';

/** Field ids the specification reserves (https://iceberg.apache.org/spec/#reserved-field-ids). */
const PATH_ID = 2_147_483_546;
const POSITION_ID = 2_147_483_545;

const COLUMNS: readonly Leaf[] = [
  { id: PATH_ID, type: 'string', path: '"file_path"', repeated: false },
  { id: POSITION_ID, type: 'long', path: '"pos"', repeated: false },
];

const FIELD_IDS = `FIELD_IDS {file_path: ${PATH_ID}, pos: ${POSITION_ID}}`;

/** What deleting rows does to a table's files. */
export interface Deletion {
  readonly added: readonly DataFile[];
  /** Data files without a row left. */
  readonly removed: readonly DataFile[];
  /** Data files that must still be there when this is committed. */
  readonly touched: readonly DataFile[];
}

/**
 * Deletes rows by their positions: a delete file a partition, or the data file itself where no row of it stays.
 * `sql` gives `"$file"`, the file's number in the scan, and `"$pos"`.
 */
export const deleteRows = async (
  context: IcebergContext,
  draft: Draft,
  metadata: TableMetadata,
  { scan, alias, sql }: { readonly scan: Scan; readonly alias: string; readonly sql: string },
): Promise<Deletion> => {
  const fresh = await countsByFile(context, `SELECT "$file" AS file, count(*) FROM (${sql}) GROUP BY 1`);
  const old = scan.hasDeleted
    ? await countsByFile(context, `SELECT file, count(DISTINCT pos) FROM ${deletesTable(alias)} GROUP BY 1`)
    : new Map<number, number>();
  const numbers = [...fresh.keys()];
  const fileOf = (number: number) => (scan.files[number] as Entry).file;
  const isGone = (number: number) =>
    (fresh.get(number) ?? 0) + (old.get(number) ?? 0) >= fileOf(number).records;
  const groups = new Map<string, number[]>();
  for (const number of numbers.filter((one) => !isGone(one))) {
    const key = partitionKey(fileOf(number));
    groups.set(key, [...(groups.get(key) ?? []), number]);
  }
  const added: DataFile[] = [];
  for (const group of groups.values())
    added.push(
      ...(await writeDeleteFile(context, draft, metadata, sql, new Map(group.map((n) => [n, fileOf(n)])))),
    );
  return { added, removed: numbers.filter(isGone).map(fileOf), touched: numbers.map(fileOf) };
};

const countsByFile = async ({ connection }: IcebergContext, sql: string): Promise<Map<number, number>> => {
  const reader = await connection.runAndReadAll(sql);
  return new Map(reader.getRows().map(([file, count]) => [Number(file), Number(count)]));
};

const writeDeleteFile = async (
  { connection }: IcebergContext,
  draft: Draft,
  metadata: TableMetadata,
  sql: string,
  files: ReadonlyMap<number, DataFile>,
): Promise<DataFile[]> => {
  const path = join(draft.folder, `${randomUUID()}.parquet`);
  const named = [...files].map(([number, file]) => `(${number}, ${quoteText(file.path)})`).join(', ');
  const query = `SELECT n.path AS file_path, p."$pos" AS pos FROM (${sql}) AS p JOIN (VALUES ${named}) AS n(file, path) ON n.file = p."$file" ORDER BY ALL`;
  const options = `${copyOptions(metadata.properties)}, ${FIELD_IDS}`;
  const reader = await connection.runAndReadAll(`COPY (${query}) TO ${quoteText(path)} (${options})`);
  const [line] = reader.getRows();
  const [first] = files.values();
  if (!line || !first) return [];
  const { specId, partition } = first;
  const columns = partitionColumns(specOf(metadata, specId), metadata.schemas);
  const address = `${dataLocation(metadata)}/${partitionPath(partition, columns)}${randomUUID()}-deletes.parquet`;
  await draft.put(address, { path });
  const placed = { address, content: CONTENT.positionDeletes, specId, partition };
  return [dataFile(writtenFile(line), COLUMNS, placed)];
};
