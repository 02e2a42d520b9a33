import type {
  DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  DuckDBValue,
} from '@duckdb/node-api';
import type { ColumnBound, ColumnTest, Typed } from '../analyze/scope.ts';
import type { Type } from '../sql/types.ts';
import type { FileFilter, FileTest } from './prune.ts';
import { PATH_COLUMN } from './hidden.ts';
import type { IcebergField } from './types.ts';
import { days, exact, moment, text, type Scalar } from './value.ts';

/** Computes what columns are compared with, so that files can be left out before anything is read. */
export const fileFilters = async (
  connection: DuckDBConnection,
  bounds: readonly ColumnBound[],
  fields: readonly IcebergField[],
): Promise<FileFilter> => {
  const of: FileFilter[] = [];
  for (const bound of bounds) of.push(await fileFilter(connection, bound, fields));
  return { kind: 'all', of };
};

/** Whatever cannot be told is true of every file. */
const ANY_FILE: FileFilter = { kind: 'all', of: [] };

const fileFilter = async (
  connection: DuckDBConnection,
  bound: ColumnBound,
  fields: readonly IcebergField[],
): Promise<FileFilter> => {
  if (bound.kind === 'test') return (await fileTest(connection, bound, fields)) ?? ANY_FILE;
  const of: FileFilter[] = [];
  for (const part of bound.of) of.push(await fileFilter(connection, part, fields));
  return { kind: bound.kind, of };
};

const fileTest = async (
  connection: DuckDBConnection,
  { kind, column, op, values }: ColumnTest,
  fields: readonly IcebergField[],
): Promise<FileTest | undefined> => {
  const field = fields.find((one) => one.name.toLowerCase() === column);
  if (!field && column !== PATH_COLUMN) return undefined;
  const scalars = await computed(connection, values);
  return scalars && { kind, field, op, values: scalars };
};

/** The values; nothing when one is NULL, of a type files are not told by, or fails: the query itself will say so. */
const computed = async (
  connection: DuckDBConnection,
  values: readonly Typed[],
): Promise<Scalar[] | undefined> => {
  const reader = await connection
    .runAndReadAll(`SELECT ${values.map((value) => value.sql).join(', ')}`)
    .catch(() => undefined);
  const row = reader?.getRows()[0];
  const scalars = values.map((value, index) => scalarOf(row?.[index] ?? null, value.type));
  return scalars.every((scalar) => scalar !== undefined) ? scalars : undefined;
};

const scalarOf = (value: DuckDBValue, type: Type): Scalar | undefined => {
  if (value === null) return undefined;
  switch (type.k) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return exact(BigInt(value as number | bigint));
    case 'decimal': {
      const decimal = value as DuckDBDecimalValue;
      return exact(decimal.value, decimal.scale);
    }
    case 'real':
    case 'double':
      return { kind: 'floating', value: value as number };
    case 'date':
      return days(BigInt((value as DuckDBDateValue).days));
    case 'timestamp':
    case 'timestamptz':
      return moment((value as DuckDBTimestampValue).micros);
    case 'varchar':
      return text(value as string);
    default:
      return undefined;
  }
};
