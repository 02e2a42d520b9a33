import { literal, qualified } from '../sql.ts';

/** What an Iceberg table is made of, by its own metadata. */
export interface TableFiles {
  readonly table: string;
  /** Data files. */
  readonly files: number;
  /** Data files of partitions that have several and small ones. */
  readonly smallFiles: number;
  /** Small files in the partition that has most of them. */
  readonly crowded: number;
  /** Bytes of data files. */
  readonly bytes: number;
  readonly deleteFiles: number;
  /** Rows of data files, deleted ones too. */
  readonly rows: number;
  readonly deletedRows: number;
  /** When it was written last, in ISO 8601; undefined for a table nobody has written to. */
  readonly writtenAt: string | undefined;
}

/** A file of less is small: it costs a scan more to open than to read. */
const SMALL_BYTES = 16 * 1024 * 1024;

const IS_SMALL = `file_count > 1 AND total_size < file_count * ${SMALL_BYTES}`;

const summed = (name: string): string =>
  `coalesce(CAST(max_by(element_at(summary, ${literal(name)}), committed_at) AS bigint), 0)`;

const inspectTable = (database: string, table: string): string =>
  [
    `SELECT ${literal(table)}, p.*, s.*`,
    'FROM (SELECT coalesce(sum(file_count), 0) AS files,',
    `    coalesce(sum(IF(${IS_SMALL}, file_count, 0)), 0) AS small_files,`,
    `    coalesce(max(IF(${IS_SMALL}, file_count, 0)), 0) AS crowded,`,
    `    coalesce(sum(total_size), 0) AS bytes FROM ${qualified(database, `${table}$partitions`)}) AS p`,
    `CROSS JOIN (SELECT ${summed('total-delete-files')} AS delete_files, ${summed('total-records')} AS all_rows,`,
    `    ${summed('total-position-deletes')} AS deleted_rows,`,
    `    CAST(to_unixtime(max(committed_at)) AS bigint) AS written_at FROM ${qualified(database, `${table}$snapshots`)}) AS s`,
  ].join('\n');

/**
 * The question for the files of Iceberg tables. It reads metadata alone, which costs no scan. What is deleted stands in the
 * summary of the last snapshot: `$files` and `$partitions` do not have to tell of delete files.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-table-data.html
 *
 * @example
 * inspectTables('tailrace_dev', ['orders_current', 'orders_versions']) // SELECT 'orders_current', p.*, s.* …
 */
export const inspectTables = (database: string, tables: readonly string[]): string =>
  tables.map((table) => inspectTable(database, table)).join('\nUNION ALL\n');

/** The answer to `inspectTables`. */
export const toTableFiles = (answer: readonly (readonly (string | null)[])[]): TableFiles[] =>
  answer.map(([table, ...numbers]) => {
    const [
      files = 0,
      smallFiles = 0,
      crowded = 0,
      bytes = 0,
      deleteFiles = 0,
      rows = 0,
      deletedRows = 0,
      seconds = 0,
    ] = numbers.map(Number);
    const writtenAt = seconds > 0 ? new Date(seconds * 1000).toISOString() : undefined;
    return {
      table: table ?? '',
      files,
      smallFiles,
      crowded,
      bytes,
      deleteFiles,
      rows,
      deletedRows,
      writtenAt,
    };
  });

const MOST_SMALL_FILES = 8;
const MOST_DELETE_FILES = 4;
/** A scan reads this many rows more than it shows, at most: one in six of a file may be deleted. */
const MOST_READ = 1.2;

/**
 * Whether a table is worth rewriting. Each MERGE leaves a small file, and one of deleted rows, which every read has to
 * read and to apply.
 */
export const isWorn = ({ crowded, deleteFiles, rows, deletedRows }: TableFiles): boolean =>
  crowded > MOST_SMALL_FILES || deleteFiles > MOST_DELETE_FILES || rows > (rows - deletedRows) * MOST_READ;
