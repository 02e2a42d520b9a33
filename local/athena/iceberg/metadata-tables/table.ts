import { duckType, quoteName, quoteText, type Type } from '../../sql/types.ts';
import type { TableStore } from '../context.ts';
import { snapshotOf, type TableMetadata } from '../metadata.ts';

/** A value of a metadata table: a Date is an instant, a Map a map, an array a list or the fields of a row. */
export type Cell =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Date
  | Buffer
  | ReadonlyMap<Cell, Cell>
  | readonly Cell[];

/** A table of what Iceberg knows of a table, by the names and types Trino gives its columns. */
export interface MetadataTable {
  readonly columns: readonly { readonly name: string; readonly type: Type }[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What metadata tables are made from. */
export interface MetadataSource {
  readonly store: TableStore;
  readonly metadata: TableMetadata;
}

export const INT: Type = { k: 'integer' };
export const BIGINT: Type = { k: 'bigint' };
export const TEXT: Type = { k: 'varchar' };
export const FLAG: Type = { k: 'boolean' };
export const INSTANT: Type = { k: 'timestamptz', p: 3, zone: 'UTC' };
export const array = (of: Type): Type => ({ k: 'array', of });
export const map = (key: Type, value: Type): Type => ({ k: 'map', key, value });
export const row = (fields: readonly (readonly [string, Type])[]): Type => ({
  k: 'row',
  fields: fields.map(([name, type]) => ({ name, type })),
});

/** The snapshot a metadata table shows: the current one. */
export const currentSnapshot = ({ metadata }: MetadataSource) => snapshotOf(metadata);

/** The statement that makes a metadata table a view of the engine. */
export const viewSql = (alias: string, { columns, rows }: MetadataTable): string => {
  const names = columns.map(({ name }) => quoteName(name));
  const lines = rows.map(
    (cells) => `(${columns.map(({ type }, index) => literal(cells[index], type)).join(', ')})`,
  );
  const empty = columns.map(({ type }, index) => `${literal(null, type)} AS ${names[index]}`);
  const select =
    lines.length === 0
      ? `SELECT ${empty.join(', ')} WHERE FALSE`
      : `SELECT * FROM (VALUES ${lines.join(', ')}) AS v(${names.join(', ')})`;
  return `CREATE TEMP VIEW ${alias} AS ${select}`;
};

const literal = (cell: Cell, type: Type): string => {
  const duck = duckType(type);
  if (cell === null || cell === undefined) return `CAST(NULL AS ${duck})`;
  if (cell instanceof Date) return `CAST('${cell.toISOString()}' AS ${duck})`;
  if (Buffer.isBuffer(cell)) return `unhex('${cell.toString('hex')}')`;
  if (cell instanceof Map && type.k === 'map') return mapLiteral(cell as ReadonlyMap<Cell, Cell>, type);
  if (Array.isArray(cell)) return listLiteral(cell as readonly Cell[], type);
  return `CAST(${quoteText(String(cell as Exclude<Cell, object>))} AS ${duck})`;
};

const mapLiteral = (cells: ReadonlyMap<Cell, Cell>, type: Type & { k: 'map' }): string => {
  const keys = [...cells.keys()].map((key) => literal(key, type.key));
  const values = [...cells.values()].map((value) => literal(value, type.value));
  return `CAST(map([${keys.join(', ')}], [${values.join(', ')}]) AS ${duckType(type)})`;
};

const listLiteral = (cells: readonly Cell[], type: Type): string => {
  if (type.k === 'row') {
    const members = type.fields.map(
      (field, index) => `${quoteName(field.name ?? '')} := ${literal(cells[index], field.type)}`,
    );
    return `struct_pack(${members.join(', ')})`;
  }
  const of = type.k === 'array' ? type.of : TEXT;
  return `CAST([${cells.map((cell) => literal(cell, of)).join(', ')}] AS ${duckType(of)}[])`;
};
