import * as z from 'zod';
import { SchemaError } from './error.ts';
import type { FieldMeta } from './fields.ts';
import { columnName, RESERVED_WORDS } from './names.ts';
import { checkElement, checkMembers, personalOf, type Personal } from './personal.ts';

/** What a field holds, as plain data: every target (lake, table, documents) is derived from this. */
export type FieldType =
  | { readonly type: 'string'; readonly neverEmpty: boolean }
  | { readonly type: 'boolean' | 'integer' | 'number' | 'timestamp' | 'date' | 'money' }
  | { readonly type: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly type: 'array'; readonly items: FieldType }
  | { readonly type: 'object'; readonly fields: readonly Field[] };

/** One named field. `column` is its lower snake case name in the lake. */
export interface Field extends Omit<FieldMeta, 'personal'> {
  readonly name: string;
  readonly column: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** How it arrives in the lake, if it is personal. */
  readonly personal?: Personal | undefined;
}

type Schema = z.core.$ZodType;
type Describe = (schema: Schema, place: string) => FieldType;

const META_KEYS = new Set([
  'description',
  'readOnly',
  'immutable',
  'personal',
  'unit',
  'example',
  'kind',
  'digits',
]);
const WRAPPERS = new Set(['optional', 'default', 'prefault', 'nonoptional', 'readonly']);

// oxlint-disable-next-line typescript/no-explicit-any -- Zod's definitions are a union over every type it knows
export const definition = (schema: Schema): any => schema._zod.def;

/** The checks of a schema: its own where it is one, as `z.int()` is, then those added to it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the definitions of checks are a union, too
export const checksOf = (schema: Schema): { readonly def: any; readonly check: unknown }[] => {
  const { check, checks = [] } = definition(schema);
  const added = checks.map((one: { _zod: object }) => one._zod);
  return check === undefined ? added : [schema._zod, ...added];
};

const metaOf = (schema: Schema): z.GlobalMeta => z.globalRegistry.get(schema) ?? {};

/** A schema without its `optional` and `default` wrappers. */
export const innerOf = (schema: Schema): Schema =>
  WRAPPERS.has(definition(schema).type) ? innerOf(definition(schema).innerType) : schema;

/** A schema without its `optional` and `default` wrappers, and what all of them say about the field. */
export const unwrap = (schema: Schema): { inner: Schema; meta: z.GlobalMeta } => {
  if (!WRAPPERS.has(definition(schema).type)) return { inner: schema, meta: metaOf(schema) };
  const { inner, meta } = unwrap(definition(schema).innerType);
  return { inner, meta: { ...meta, ...metaOf(schema) } };
};

const string: Describe = (schema, place) => {
  const { format } = definition(schema);
  if (format === 'datetime')
    throw new SchemaError(place, 'z.iso.datetime() is not kept in one precision', 'Use timestamp()');
  if (format === 'time' || format === 'duration')
    throw new SchemaError(place, `the lake has no column type for z.iso.${format}()`, 'Use z.string()');
  if (format === 'date') return { type: 'date' };
  return { type: 'string', neverEmpty: !z.safeParse(schema, '').success };
};

const INTEGER_FORMATS = new Set(['safeint', 'int32', 'uint32']);

const number: Describe = (schema) => ({
  type: checksOf(schema).some(({ def }) => INTEGER_FORMATS.has(def.format)) ? 'integer' : 'number',
});

const enumeration: Describe = (schema, place) => {
  const values = definition(schema).values ?? Object.values(definition(schema).entries);
  if (values.every((value: unknown) => typeof value === 'string'))
    return { type: 'string', neverEmpty: !values.includes('') };
  throw new SchemaError(place, 'only text values can be enumerated', 'Use z.enum() of strings');
};

const array: Describe = (schema, place) => {
  const element = definition(schema).element;
  if (WRAPPERS.has(definition(element).type))
    throw new SchemaError(
      `${place}[]`,
      'an array element cannot be optional',
      'Leave missing elements out of the array',
    );
  checkElement(metaOf(element), place);
  return { type: 'array', items: describeType(element, `${place}[]`) };
};

const object: Describe = (schema, place) => {
  const catchall = definition(schema).catchall;
  if (catchall && definition(catchall).type !== 'never')
    throw new SchemaError(
      place,
      'unknown keys would be dropped from the lake',
      'Use z.object() and name every field',
    );
  const fields = describeFields(definition(schema).shape, place);
  checkMembers(fields, place);
  return { type: 'object', fields };
};

const describers: Readonly<Record<string, Describe>> = {
  string,
  number,
  boolean: () => ({ type: 'boolean' }),
  enum: enumeration,
  literal: enumeration,
  array,
  object,
};

const CURES: Readonly<Record<string, string>> = {
  record: 'Firehose lower-cases map keys; use z.array(z.object({ key, value }))',
  map: 'Use z.array(z.object({ key, value }))',
  set: 'Use z.array()',
  nullable: 'Use .optional(): a missing field is null in the lake, and PATCH with null removes it',
  date: 'Use timestamp()',
  bigint: 'Use z.int() up to 2^53, or decimal(38, 0)',
  union: 'Use one type, or an object with an optional field for each case',
  pipe: 'Transforms change what is stored; keep the stored type only',
};

/** What a Zod schema holds, as plain data. Throws SchemaError for a type the lake cannot hold. */
export const describeType: Describe = (schema, place) => {
  const { kind, digits } = metaOf(schema);
  if (kind === 'decimal' && digits) return { type: 'decimal', precision: digits[0], scale: digits[1] };
  if (kind && kind !== 'decimal') return { type: kind };
  const { type } = definition(schema);
  const describe = Object.hasOwn(describers, type) ? describers[type] : undefined;
  if (describe) return describe(schema, place);
  throw new SchemaError(
    place,
    `the lake cannot hold the type ${type}`,
    CURES[type] ?? 'Use a string, number, boolean, enum, array or object',
  );
};

const checkMeta = (meta: z.GlobalMeta, place: string): void => {
  const unknown = Object.keys(meta).find((key) => !META_KEYS.has(key));
  if (unknown)
    throw new SchemaError(
      place,
      `unknown meta "${unknown}"`,
      `Known are ${[...META_KEYS].slice(0, 6).join(', ')}`,
    );
};

const checkName = (name: string, place: string): void => {
  if (name in Object.prototype)
    throw new SchemaError(place, `"${name}" means something else to JavaScript`, 'Rename the field');
  if (!/^[a-z][A-Za-z0-9]*$/.test(name))
    throw new SchemaError(place, 'a field name is camelCase letters and digits', 'Rename the field');
  if (RESERVED_WORDS.has(columnName(name)))
    throw new SchemaError(
      place,
      `"${columnName(name)}" is a reserved column name in Athena`,
      'Rename the field',
    );
};

const describeField = (name: string, schema: Schema, place: string): Field => {
  checkName(name, place);
  const { inner, meta } = unwrap(schema);
  checkMeta(meta, place);
  const { kind: _kind, digits: _digits, personal, ...said } = meta;
  const required = !['optional', 'default', 'prefault'].includes(definition(schema).type);
  const type = describeType(inner, place);
  return {
    ...said,
    name,
    column: columnName(name),
    type,
    required,
    personal: personalOf(personal, { schema, type, place }),
  };
};

/** The fields of an object shape, in order. Throws SchemaError when two names would be one column. */
export const describeFields = (shape: Readonly<Record<string, Schema>>, place: string): Field[] => {
  const fields = Object.entries(shape).map(([name, schema]) =>
    describeField(name, schema, `${place}.${name}`),
  );
  const seen = new Map<string, string>();
  for (const { name, column } of fields) {
    const twin = seen.get(column);
    if (twin)
      throw new SchemaError(
        `${place}.${name}`,
        `"${name}" and "${twin}" would both be the column "${column}"`,
        'Rename one of them',
      );
    seen.set(column, name);
  }
  return fields;
};
