import type { Field, FieldType } from '../schema/field-type.ts';

type Encode = (value: never) => string;
type TypeName = FieldType['type'];

const text = (value: string): string => JSON.stringify(value);

/** `2026-11-22T13:00:00.000Z` as `"2026-11-22 13:00:00.000"`: the one form the OpenX SerDe reads the same for every year. */
export const encodeTimestamp = (instant: string): string =>
  `"${instant.slice(0, 10)} ${instant.slice(11, 23)}"`;

const encodeArray = (items: Encode) => {
  const encode = items as (value: unknown) => string;
  return (values: readonly unknown[]): string => `[${values.map(encode).join(',')}]`;
};

const encodeObject =
  (members: (value: Readonly<Record<string, unknown>>) => string) =>
  (value: Readonly<Record<string, unknown>>): string =>
    `{${members(value)}}`;

const makers: { readonly [T in TypeName]: (type: Extract<FieldType, { type: T }>) => Encode } = {
  string: () => text,
  boolean: () => String,
  integer: () => String,
  number: () => String,
  timestamp: () => encodeTimestamp,
  date: () => text,
  decimal: () => text,
  money: () => (value: { amount: number; currency: string }) =>
    `{"amount":${value.amount},"currency":${text(value.currency)}}`,
  array: ({ items }) => encodeArray(encoderOf(items)),
  object: ({ fields }) => encodeObject(encoderOfFields(fields)),
};

/** Compiles a field type into a function from a valid value to its JSON text. */
export const encoderOf = (type: FieldType): Encode =>
  (makers[type.type] as (type: FieldType) => Encode)(type);

/**
 * Compiles fields into a function from a valid value to the members of its JSON object, keys as columns,
 * missing fields left out.
 *
 * @example
 * encoderOfFields(order.fields)({ id: 'o1', customerId: 'c1' }) // "id":"o1","customer_id":"c1"
 */
export const encoderOfFields = (
  fields: readonly Field[],
): ((value: Readonly<Record<string, unknown>>) => string) => {
  const members = fields.map((field) => ({
    name: field.name,
    prefix: `"${field.column}":`,
    encode: encoderOf(field.type) as (value: unknown) => string,
  }));
  return (value) => {
    let json = '';
    for (const { name, prefix, encode } of members) {
      const member = value[name];
      if (member !== undefined) json += `${json === '' ? '' : ','}${prefix}${encode(member)}`;
    }
    return json;
  };
};
