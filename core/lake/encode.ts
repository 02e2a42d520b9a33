import { isErased, sealText, type Sealing } from '../privacy/sealing.ts';
import type { Field, FieldType } from '../schema/field-type.ts';
import { coarse } from './coarse.ts';

type Encode = (value: never) => string;
type TypeName = FieldType['type'];

/** Where in a row a value stands, by columns, and under whose key the row is sealed. */
export interface Standing {
  readonly path: string;
  readonly sealing: Sealing;
}

/** Where the members of a value stand: `contact.email`. Elements of a list stand where the list does. */
export const below = ({ path, sealing }: Standing, column: string): Standing => ({
  path: path === '' ? column : `${path}.${column}`,
  sealing,
});

/** Where the columns of a row stand. */
export const atTop = (sealing: Sealing): Standing => ({ path: '', sealing });

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

const makers: { readonly [T in TypeName]: (type: Extract<FieldType, { type: T }>, at: Standing) => Encode } =
  {
    string: () => text,
    boolean: () => String,
    integer: () => String,
    number: () => String,
    timestamp: () => encodeTimestamp,
    date: () => text,
    decimal: () => text,
    money: () => (value: { amount: number; currency: string }) =>
      `{"amount":${value.amount},"currency":${text(value.currency)}}`,
    array: ({ items }, at) => encodeArray(encoderOf(items, at)),
    object: ({ fields }, at) => encodeObject(encoderOfFields(fields, at)),
  };

/** Compiles a field type into a function from a valid value to its JSON text. */
export const encoderOf = (type: FieldType, at: Standing): Encode =>
  (makers[type.type] as (type: FieldType, at: Standing) => Encode)(type, at);

/** Compiles a field into a function from a valid value to the JSON text that the lake gets of it. */
export const encoderOfField = (
  { column, type, personal }: Field,
  above: Standing,
): ((value: unknown) => string) => {
  const at = below(above, column);
  const encode = encoderOf(type, at) as (value: unknown) => string;
  if (!personal) return encode;
  if (personal.lake === 'token') return (value) => sealText(at.sealing, at.path, encode(value));
  return (value) => (isErased(at.sealing) ? 'null' : coarse(personal.lake, encode(value)));
};

/**
 * Compiles fields into a function from a valid value to the members of its JSON object, keys as columns,
 * missing fields and those the lake does not get left out.
 *
 * @example
 * encoderOfFields(order.fields, atTop(createSealing()))({ id: 'o1', customerId: 'c1' }) // "id":"o1","customer_id":"c1"
 */
export const encoderOfFields = (
  fields: readonly Field[],
  at: Standing,
): ((value: Readonly<Record<string, unknown>>) => string) => {
  const members = fields
    .filter(({ personal }) => personal?.lake !== 'drop')
    .map((field) => ({
      name: field.name,
      prefix: `"${field.column}":`,
      encode: encoderOfField(field, at),
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
