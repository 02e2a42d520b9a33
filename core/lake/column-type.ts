import type { FieldType } from '../schema/field-type.ts';

type TypeName = FieldType['type'];
type Render<T extends TypeName> = (type: Extract<FieldType, { type: T }>) => string;

const renderers: { readonly [T in TypeName]: Render<T> } = {
  string: () => 'string',
  boolean: () => 'boolean',
  integer: () => 'bigint',
  number: () => 'double',
  timestamp: () => 'timestamp',
  date: () => 'date',
  money: () => 'struct<amount:bigint,currency:string>',
  decimal: ({ precision, scale }) => `decimal(${precision},${scale})`,
  array: ({ items }) => `array<${columnType(items)}>`,
  object: ({ fields }) =>
    `struct<${fields.map((field) => `${field.column}:${columnType(field.type)}`).join(',')}>`,
};

/**
 * The Glue column type of a field, in Hive syntax.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/data-types.html
 *
 * @example
 * columnType({ type: 'array', items: { type: 'integer' } }) // array<bigint>
 */
export const columnType = (type: FieldType): string => (renderers[type.type] as Render<TypeName>)(type);
