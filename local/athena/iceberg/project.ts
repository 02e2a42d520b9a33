import { SqlError } from '../sql/error.ts';
import { duckType, quoteName, type Type } from '../sql/types.ts';
import type { PhysicalField, PhysicalSchema, PhysicalType } from './physical.ts';
import { trinoType, type IcebergField, type IcebergType, type StructType } from './types.ts';

/** What reading a file needs to know beside its columns. */
interface Env {
  readonly own: boolean;
  readonly table: string;
  fresh(): string;
}

/**
 * Reads a column of a table from a file by field id, whatever the names and types were when the file was written: what
 * the file does not have is NULL, at any depth, and promoted numbers are widened.
 */
export const projectColumn = (
  field: IcebergField,
  file: PhysicalSchema,
  prefix: string,
  table: string,
): string => {
  const found = file.fields.find((one) => one.id === field.id);
  if (!found) return `CAST(NULL AS ${duckType(trinoType(field.type))})`;
  let count = 0;
  const fresh = () => `x${(count += 1)}`;
  return project(field.type, found.type, `${prefix}.${quoteName(found.name)}`, {
    own: file.own,
    table,
    fresh,
  });
};

const project = (type: IcebergType, physical: PhysicalType, sql: string, env: Env): string => {
  if (isSame(type, physical, env.own)) return sql;
  if (!isFound(type, physical)) return `CAST(NULL AS ${duckType(trinoType(type))})`;
  if (typeof type === 'string') return primitive(type, physical, sql, env);
  if (type.type === 'struct' && physical.kind === 'struct') return struct(type, physical, sql, env);
  if (type.type === 'list' && physical.kind === 'list') {
    refuseEmpty(type.element, physical.element.type, env);
    const x = env.fresh();
    return `list_transform(${sql}, lambda ${x}: ${project(type.element, physical.element.type, x, env)})`;
  }
  if (type.type === 'map' && physical.kind === 'map') {
    refuseEmpty(type.value, physical.value.type, env);
    const x = env.fresh();
    const key = project(type.key, physical.key.type, `${x}.key`, env);
    const value = project(type.value, physical.value.type, `${x}.value`, env);
    const entries = `list_transform(map_entries(${sql}), lambda ${x}: {'key': ${key}, 'value': ${value}})`;
    return `CASE WHEN ${sql} IS NOT NULL THEN map_from_entries(${entries}) END`;
  }
  throw badData(type, physical, env);
};

/** Whether a file has anything of a structure: Trino reads one without any member as NULL. */
const isFound = (type: IcebergType, physical: PhysicalType): boolean =>
  typeof type === 'string' ||
  type.type !== 'struct' ||
  physical.kind !== 'struct' ||
  type.fields.some((field) => {
    const found = physical.fields.find((one) => one.id === field.id);
    return found !== undefined && isFound(field.type, found.type);
  });

const refuseEmpty = (type: IcebergType, physical: PhysicalType, { table }: Env) => {
  if (isFound(type, physical)) return;
  throw new SqlError(
    'NOT_SUPPORTED',
    `The local cloud reads no list or map of structures of which a file has no member, as one of ${table} has`,
  );
};

const struct = (
  type: StructType,
  physical: PhysicalType & { kind: 'struct' },
  sql: string,
  env: Env,
): string => {
  const members = type.fields.map((field) => {
    const found = physical.fields.find((one) => one.id === field.id);
    const value = found
      ? project(field.type, found.type, `(${sql}).${quoteName(found.name)}`, env)
      : `CAST(NULL AS ${duckType(trinoType(field.type))})`;
    return `${quoteName(field.name.toLowerCase())} := ${value}`;
  });
  return `CASE WHEN ${sql} IS NOT NULL THEN struct_pack(${members.join(', ')}) END`;
};

const MOMENTS = new Set(['timestamp', 'timestamptz']);

const primitive = (type: string, physical: PhysicalType, sql: string, env: Env): string => {
  if (physical.kind !== 'primitive') throw badData(type, physical, env);
  const wanted = duckType(trinoType(type));
  if (!isReadable(type, physical.duck)) throw badData(type, physical, env);
  const cast = physical.duck === duckName(trinoType(type)) ? sql : `CAST(${sql} AS ${wanted})`;
  return MOMENTS.has(type) && !env.own ? `date_trunc('millisecond', ${cast})` : cast;
};

/** DuckDB's own name of a type in its description of a Parquet file. */
const duckName = (type: Type): string =>
  type.k === 'timestamptz' ? 'TIMESTAMP WITH TIME ZONE' : duckType(type);

const PROMOTED: Readonly<Record<string, RegExp>> = {
  long: /^INTEGER$/,
  double: /^FLOAT$/,
  timestamp: /^TIMESTAMP(_NS|_MS)?$/,
  timestamptz: /^TIMESTAMP/,
  string: /^(VARCHAR|BLOB)$/,
};

const isReadable = (type: string, duck: string): boolean =>
  duck === duckName(trinoType(type)) ||
  PROMOTED[type]?.test(duck) === true ||
  (type.startsWith('decimal') && duck.startsWith('DECIMAL'));

/** Whether a file's column already is what the table has, name by name and id by id. */
const isSame = (type: IcebergType, physical: PhysicalType, own: boolean): boolean => {
  if (typeof type === 'string') {
    if (MOMENTS.has(type) && !own) return false;
    return physical.kind === 'primitive' && physical.duck === duckName(trinoType(type));
  }
  if (type.type === 'list')
    return physical.kind === 'list' && isSame(type.element, physical.element.type, own);
  if (type.type === 'map') {
    return (
      physical.kind === 'map' &&
      isSame(type.key, physical.key.type, own) &&
      isSame(type.value, physical.value.type, own)
    );
  }
  return (
    physical.kind === 'struct' &&
    physical.fields.length === type.fields.length &&
    type.fields.every((field, index) => isSameField(field, physical.fields[index] as PhysicalField, own))
  );
};

const isSameField = (field: IcebergField, physical: PhysicalField, own: boolean) =>
  field.id === physical.id &&
  field.name.toLowerCase() === physical.name &&
  isSame(field.type, physical.type, own);

const badData = (type: IcebergType, physical: PhysicalType, { table }: Env) => {
  const wanted = typeof type === 'string' ? type : type.type;
  const found = physical.kind === 'primitive' ? physical.duck : physical.kind;
  return new SqlError(
    'ICEBERG_BAD_DATA',
    `A data file of ${table} has ${found} where the table has ${wanted}`,
  );
};

/** A value about to be written, its moments cut to milliseconds: Athena reads and writes no finer ones. */
export const inMilliseconds = (field: IcebergField, sql: string): string => {
  let count = 0;
  const fresh = () => `x${(count += 1)}`;
  return project(field.type, asWritten(field.type), sql, { own: false, table: '', fresh });
};

const part = (name: string, id: number, of: IcebergType): PhysicalField => ({
  name,
  id,
  type: asWritten(of),
});

const asWritten = (type: IcebergType): PhysicalType => {
  if (typeof type === 'string') return { kind: 'primitive', duck: duckName(trinoType(type)) };
  if (type.type === 'list')
    return { kind: 'list', element: part('element', type['element-id'], type.element) };
  if (type.type === 'map') {
    return {
      kind: 'map',
      key: part('key', type['key-id'], type.key),
      value: part('value', type['value-id'], type.value),
    };
  }
  return {
    kind: 'struct',
    fields: type.fields.map((field) => part(field.name.toLowerCase(), field.id, field.type)),
  };
};
