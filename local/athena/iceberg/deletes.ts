import { SqlError } from '../sql/error.ts';
import { quoteText } from '../sql/types.ts';
import type { IcebergContext } from './context.ts';
import { CONTENT, type Entry } from './manifest.ts';
import { pathOf } from './object.ts';
import { partitionKey } from './partition-value.ts';

/** Delete files of partitions that have data files old enough to be meant. */
export const relevantDeletes = ({
  data,
  deletes,
}: {
  readonly data: readonly Entry[];
  readonly deletes: readonly Entry[];
}): Entry[] => {
  const oldest = new Map<string, bigint>();
  for (const entry of data) {
    const key = partitionKey(entry.file);
    const known = oldest.get(key);
    if (known === undefined || entry.sequence < known) oldest.set(key, entry.sequence);
  }
  return deletes.filter((entry) => {
    if (entry.file.content === CONTENT.equalityDeletes)
      throw new SqlError('NOT_SUPPORTED', 'The local cloud does not read equality delete files');
    const since = oldest.get(partitionKey(entry.file));
    return since !== undefined && since <= entry.sequence;
  });
};

const deleteFileList = ({ store }: IcebergContext, deletes: readonly Entry[]) =>
  `read_parquet([${deletes.map(({ file }) => quoteText(pathOf(store, file.path))).join(', ')}])`;

/** The data files they mean. */
export const deletedPaths = async (
  context: IcebergContext,
  deletes: readonly Entry[],
): Promise<ReadonlySet<string>> => {
  if (deletes.length === 0) return new Set();
  const reader = await context.connection.runAndReadAll(
    `SELECT DISTINCT file_path FROM ${deleteFileList(context, deletes)}`,
  );
  return new Set(reader.getRows().map(([path]) => String(path)));
};

/** The engine's table of the deleted positions of a scan. */
export const deletesTable = (alias: string) => `${alias}_deletes`;

/** Deleted positions by the number of their file, to leave out by a join. */
export const createDeletes = async (
  context: IcebergContext,
  alias: string,
  files: readonly Entry[],
  deletes: readonly Entry[],
  deleted: ReadonlySet<string>,
) => {
  if (deleted.size === 0) return;
  const { connection } = context;
  const rows = files
    .map(({ file }, index) => ({ path: file.path, index }))
    .filter(({ path }) => deleted.has(path))
    .map(({ path, index }) => `(${quoteText(path)}, ${index})`);
  const numbered = rows.length > 0 ? `VALUES ${rows.join(', ')}` : `SELECT '', 0 WHERE FALSE`;
  await connection.run(
    `CREATE TEMP TABLE ${deletesTable(alias)} AS SELECT n.file, d.pos FROM ${deleteFileList(context, deletes)} AS d JOIN (${numbered}) AS n(path, file) ON n.path = d.file_path`,
  );
};
