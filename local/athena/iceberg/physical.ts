import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlError } from '../sql/error.ts';
import { quoteText } from '../sql/types.ts';

/** A column of a Parquet file, or a part of one, with the field id its writer gave it. */
export interface PhysicalField {
  readonly name: string;
  readonly id: number | undefined;
  readonly type: PhysicalType;
}

export type PhysicalType =
  | { readonly kind: 'primitive'; readonly duck: string }
  | { readonly kind: 'struct'; readonly fields: readonly PhysicalField[] }
  | { readonly kind: 'list'; readonly element: PhysicalField }
  | { readonly kind: 'map'; readonly key: PhysicalField; readonly value: PhysicalField };

/** The columns of a Parquet file. Files of equal columns share one object. */
export interface PhysicalSchema {
  readonly fields: readonly PhysicalField[];
  /** Whether the local Athena wrote it, so that its moments have no microseconds to drop. */
  readonly own: boolean;
}

/** Remembers the columns of files by their path on disk. */
export interface PhysicalFiles {
  of(connection: DuckDBConnection, paths: readonly string[]): Promise<ReadonlyMap<string, PhysicalSchema>>;
}

const REMEMBERED = 20_000;

/** Reads the footers of files it has not seen. */
export const rememberPhysicalFiles = (): PhysicalFiles => {
  const known = new Map<string, PhysicalSchema>();
  const shared = new Map<string, PhysicalSchema>();
  return {
    async of(connection, paths) {
      const missing = paths.filter((path) => !known.has(path));
      if (known.size + missing.length > REMEMBERED) known.clear();
      const unseen = paths.filter((path) => !known.has(path));
      for (const [path, schema] of await readFooters(connection, unseen)) {
        const key = JSON.stringify(schema);
        known.set(path, shared.get(key) ?? schema);
        shared.set(key, known.get(path) as PhysicalSchema);
      }
      return new Map(paths.map((path) => [path, known.get(path) as PhysicalSchema]));
    },
  };
};

interface Line {
  readonly file: string;
  readonly name: string;
  readonly children: number;
  readonly id: number | undefined;
  readonly kind: string;
  readonly duck: string;
}

const readFooters = async (
  connection: DuckDBConnection,
  paths: readonly string[],
): Promise<Map<string, PhysicalSchema>> => {
  const found = new Map<string, PhysicalSchema>();
  if (paths.length === 0) return found;
  const list = `[${paths.map(quoteText).join(', ')}]`;
  const creators = await connection.runAndReadAll(
    `SELECT file_name, created_by FROM parquet_file_metadata(${list})`,
  );
  const own = new Set(
    creators
      .getRows()
      .filter(([, creator]) => String(creator).startsWith('DuckDB'))
      .map(([file]) => file),
  );
  const lines = new Map<string, Line[]>();
  for (const line of await readLines(connection, list))
    lines.set(line.file, [...(lines.get(line.file) ?? []), line]);
  for (const [file, [root, ...rest]] of lines) {
    const queue = [...rest];
    const fields = Array.from({ length: root?.children ?? 0 }, () => take(queue));
    found.set(file, { fields, own: own.has(file) });
  }
  return found;
};

const readLines = async (connection: DuckDBConnection, list: string): Promise<Line[]> => {
  const reader = await connection.runAndReadAll(
    `SELECT file_name, name, num_children, field_id, converted_type, logical_type, duckdb_type FROM parquet_schema(${list})`,
  );
  return reader.getRows().map(([file, name, children, id, converted, logical, duck]) => ({
    file: String(file),
    name: String(name),
    children: Number(children ?? 0),
    id: id === null ? undefined : Number(id),
    kind: `${String(converted ?? '')} ${String(logical ?? '')}`,
    duck: String(duck ?? ''),
  }));
};

/** Takes a field and all below it off lines that stand in the order of a walk through the tree. */
const take = (queue: Line[]): PhysicalField => {
  const line = queue.shift() as Line;
  if (line.children === 0)
    return { name: line.name, id: line.id, type: { kind: 'primitive', duck: line.duck } };
  const children = Array.from({ length: line.children }, () => take(queue));
  return { name: line.name, id: line.id, type: groupOf(line, children) };
};

const groupOf = (line: Line, children: readonly PhysicalField[]): PhysicalType => {
  const inner = children[0]?.type;
  const members = inner?.kind === 'struct' ? inner.fields : [];
  if (/\bLIST|ListType/.test(line.kind)) {
    const [element] = members;
    if (members.length === 1 && element) return { kind: 'list', element };
    throw new SqlError(
      'ICEBERG_BAD_DATA',
      `${line.file}: column ${line.name} is a list of an old form the local cloud does not read`,
    );
  }
  const [key, value] = members;
  if (/\bMAP|MapType/.test(line.kind) && key && value) return { kind: 'map', key, value };
  return { kind: 'struct', fields: children };
};
