import { SqlError, type Position } from '../sql/error.ts';
import { quoteName, typeName, type Type } from '../sql/types.ts';

/**
 * An Iceberg type in its JSON form: a name for a primitive, an object for a nested one
 * (https://iceberg.apache.org/spec/#appendix-c-json-serialization).
 */
export type IcebergType = string | StructType | ListType | MapType;

export interface StructType {
  readonly type: 'struct';
  readonly fields: readonly IcebergField[];
}

export interface ListType {
  readonly type: 'list';
  readonly 'element-id': number;
  readonly element: IcebergType;
  readonly 'element-required': boolean;
}

export interface MapType {
  readonly type: 'map';
  readonly 'key-id': number;
  readonly key: IcebergType;
  readonly 'value-id': number;
  readonly value: IcebergType;
  readonly 'value-required': boolean;
}

/** A column or a member of a struct: its id is what files and statistics know it by, whatever its name. */
export interface IcebergField {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: IcebergType;
  readonly doc?: string | undefined;
}

/** Precision and scale of `decimal(10,2)`, or nothing for another type. */
export const decimalOf = (type: IcebergType): { p: number; s: number } | undefined => {
  const match = typeof type === 'string' ? /^decimal\((\d+),\s*(\d+)\)$/.exec(type) : null;
  return match ? { p: Number(match[1]), s: Number(match[2]) } : undefined;
};

const TRINO: Readonly<Record<string, Type>> = {
  boolean: { k: 'boolean' },
  int: { k: 'integer' },
  long: { k: 'bigint' },
  float: { k: 'real' },
  double: { k: 'double' },
  date: { k: 'date' },
  timestamp: { k: 'timestamp', p: 6 },
  timestamptz: { k: 'timestamptz', p: 6, zone: 'UTC' },
  string: { k: 'varchar' },
  uuid: { k: 'uuid' },
  binary: { k: 'varbinary' },
};

/** The type Athena's queries see (https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-supported-data-types.html). */
export const trinoType = (type: IcebergType): Type => {
  if (typeof type === 'string') {
    const decimal = decimalOf(type);
    const found = decimal ? ({ k: 'decimal', ...decimal } as const) : TRINO[type];
    if (found) return found;
    throw new SqlError('NOT_SUPPORTED', `The local cloud does not read Iceberg columns of type ${type}`);
  }
  if (type.type === 'list') return { k: 'array', of: trinoType(type.element) };
  if (type.type === 'map') return { k: 'map', key: trinoType(type.key), value: trinoType(type.value) };
  return {
    k: 'row',
    fields: type.fields.map((field) => ({ name: field.name.toLowerCase(), type: trinoType(field.type) })),
  };
};

const GLUE: Readonly<Record<string, string>> = {
  long: 'bigint',
  time: 'string',
  uuid: 'string',
  timestamptz: 'timestamp',
};

/** The type Glue's column shows: `struct<a:bigint>`. */
export const glueType = (type: IcebergType): string => printed(type, ':', ',');

/** The type as `DESCRIBE` of an Iceberg table prints it: `struct<a: bigint, b: string>`. */
export const describedType = (type: IcebergType): string => printed(type, ': ', ', ');

const printed = (type: IcebergType, colon: string, comma: string): string => {
  if (typeof type === 'string') {
    const decimal = decimalOf(type);
    if (decimal) return `decimal(${decimal.p}${comma}${decimal.s})`;
    return type.startsWith('fixed') ? 'binary' : (GLUE[type] ?? type);
  }
  if (type.type === 'list') return `array<${printed(type.element, colon, comma)}>`;
  if (type.type === 'map')
    return `map<${printed(type.key, colon, comma)}${comma}${printed(type.value, colon, comma)}>`;
  const members = type.fields.map((field) => `${field.name}${colon}${printed(field.type, colon, comma)}`);
  return `struct<${members.join(comma)}>`;
};

const ICEBERG: Partial<Record<Type['k'], string>> = {
  boolean: 'boolean',
  integer: 'int',
  bigint: 'long',
  real: 'float',
  double: 'double',
  date: 'date',
  timestamp: 'timestamp',
  varchar: 'string',
  varbinary: 'binary',
};

/** The Iceberg type of a column declared in DDL, its nested members numbered by `nextId`, outer ones first. */
export const icebergType = (type: Type, nextId: () => number, at?: Position): IcebergType => {
  if (type.k === 'decimal') return `decimal(${type.p}, ${type.s})`;
  if (type.k === 'array') {
    const id = nextId();
    return {
      type: 'list',
      'element-id': id,
      element: icebergType(type.of, nextId, at),
      'element-required': false,
    };
  }
  if (type.k === 'map') {
    const [key, value] = [nextId(), nextId()];
    return {
      type: 'map',
      'key-id': key,
      key: icebergType(type.key, nextId, at),
      'value-id': value,
      value: icebergType(type.value, nextId, at),
      'value-required': false,
    };
  }
  if (type.k === 'row') return structOf(type, nextId, at);
  const name = type.k === 'varchar' && type.n !== undefined ? undefined : ICEBERG[type.k];
  if (name !== undefined) return name;
  throw new SqlError('NOT_SUPPORTED', `Type not supported for Iceberg: ${typeName(type)}`, at);
};

const structOf = (type: Type & { k: 'row' }, nextId: () => number, at?: Position): StructType => {
  const ids = type.fields.map(nextId);
  return {
    type: 'struct',
    fields: type.fields.map((field, index) => ({
      id: ids[index] as number,
      name: field.name ?? `field${index}`,
      required: false,
      type: icebergType(field.type, nextId, at),
    })),
  };
};

/** A primitive field of a schema, at any depth. */
export interface Leaf {
  readonly id: number;
  readonly type: string;
  /** Its place in a Parquet file as DuckDB names it: `"lines"."element"."sku"`. */
  readonly path: string;
  /** Whether a row may have several values of it: inside a list or a map. */
  readonly repeated: boolean;
}

/** All primitive fields, which is where a Parquet file has columns and statistics. */
export const leaves = (fields: readonly IcebergField[]): Leaf[] =>
  fields.flatMap((field) => leavesOf(field.id, field.type, quoteName(field.name), false));

const leavesOf = (id: number, type: IcebergType, path: string, repeated: boolean): Leaf[] => {
  if (typeof type === 'string') return [{ id, type, path, repeated }];
  if (type.type === 'list') return leavesOf(type['element-id'], type.element, `${path}."element"`, true);
  if (type.type === 'map') {
    return [
      ...leavesOf(type['key-id'], type.key, `${path}."key"`, true),
      ...leavesOf(type['value-id'], type.value, `${path}."value"`, true),
    ];
  }
  return type.fields.flatMap((field) =>
    leavesOf(field.id, field.type, `${path}.${quoteName(field.name.toLowerCase())}`, repeated),
  );
};
