import type {
  DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  DuckDBValue,
} from '@duckdb/node-api';
import type { ColumnFilter, Typed } from '../analyze/scope.ts';
import type { Type } from '../sql/types.ts';
import type { FileFilter } from './prune.ts';
import type { IcebergField } from './types.ts';
import { days, exact, moment, text, type Scalar } from './value.ts';

/** Computes what columns are compared with, so that files can be left out before anything is read. */
export const fileFilters = async (
  connection: DuckDBConnection,
  filters: readonly ColumnFilter[],
  fields: readonly IcebergField[],
): Promise<FileFilter[]> => {
  const found: FileFilter[] = [];
  for (const { column, op, values } of filters) {
    const field = fields.find((one) => one.name.toLowerCase() === column);
    const scalars = await computed(connection, values);
    if (field && scalars) found.push({ field, op, values: scalars });
  }
  return found;
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
