import * as z from 'zod';
import { definition, unwrap, type Field, type FieldType } from '../../schema/field-type.ts';
import { money, timestamp } from '../../schema/fields.ts';
import { toValue, type AttributeValue } from '../attribute-value.ts';
import { encoderOf } from '../encode.ts';
import { writeBytes, writeText, type Sink } from '../sink.ts';
import { arrayRule, isIdentifier, numberRule, stringRule } from './checks.ts';
import {
  remembered,
  writeBoolean,
  writeIdentifier,
  writeIntegerOf,
  writeOneOf,
  writeTextOf,
  writeTimestamp,
} from './scalars.ts';
import { memberPrefix, writeArray, writeMembers, writeObject, type Member } from './structures.ts';
import type { WriteAttribute, WriteMap } from './writer.ts';

type Schema = z.core.$ZodType;
type TypeName = FieldType['type'];
type Compile<T extends TypeName> = (
  schema: Schema,
  type: Extract<FieldType, { type: T }>,
) => WriteAttribute | undefined;

const valueOf = (attribute: AttributeValue): unknown => {
  try {
    return toValue(attribute);
  } catch {
    return undefined;
  }
};

/** The sure way: the schema parses the value, the encoder writes what it made of it. */
const parseAndEncode = (schema: Schema, type: FieldType): WriteAttribute => {
  const encode = encoderOf(type) as (value: unknown) => string;
  return (attribute, sink) => {
    const value = valueOf(attribute);
    if (value === undefined) return false;
    const parsed = z.safeParse(schema, value);
    if (parsed.success) writeText(sink, encode(parsed.data));
    return parsed.success;
  };
};

const checkCount = (schema: Schema): number => (definition(schema).checks ?? []).length;

const text = (schema: Schema): WriteAttribute | undefined => {
  if (isIdentifier(schema)) return writeIdentifier;
  const fits = stringRule(schema);
  return fits && writeTextOf(fits);
};

const string: Compile<'string'> = (schema) => {
  const { type, values, entries } = definition(schema);
  if (type !== 'enum' && type !== 'literal') return text(schema);
  return checkCount(schema) === 0 ? writeOneOf(values ?? Object.values(entries)) : undefined;
};

const integer: Compile<'integer'> = (schema) => {
  const fits = numberRule(schema);
  return fits && writeIntegerOf(fits);
};

const OWN_CHECKS = { timestamp: checkCount(timestamp()), money: checkCount(money()) };

const moneyAmount: Compile<'money'> = (schema) => {
  if (checkCount(schema) !== OWN_CHECKS.money) return undefined;
  const { amount, currency } = definition(schema).shape;
  const required = { writeMissing: () => false };
  const writeCurrency = remembered(compile(currency, { type: 'string', neverEmpty: true }));
  return writeObject([
    {
      ...required,
      name: 'amount',
      prefix: memberPrefix('amount'),
      write: compile(amount, { type: 'integer' }),
    },
    { ...required, name: 'currency', prefix: memberPrefix('currency'), write: writeCurrency },
  ]);
};

const compilers: { readonly [T in TypeName]: Compile<T> } = {
  string,
  boolean: (schema) => (checkCount(schema) === 0 && !definition(schema).coerce ? writeBoolean : undefined),
  integer,
  number: () => undefined,
  timestamp: (schema) => (checkCount(schema) === OWN_CHECKS.timestamp ? writeTimestamp : undefined),
  date: text,
  decimal: text,
  money: moneyAmount,
  array: (schema, { items }) => {
    const fits = arrayRule(schema);
    return fits && writeArray(fits, compile(definition(schema).element, items));
  },
  object: (schema, { fields }) =>
    checkCount(schema) === 0 ? writeObject(membersOf(definition(schema).shape, fields)) : undefined,
};

const compile = (schema: Schema, type: FieldType): WriteAttribute =>
  (compilers[type.type] as Compile<TypeName>)(schema, type) ?? parseAndEncode(schema, type);

const missing = (schema: Schema, type: FieldType, prefix: Uint8Array): ((sink: Sink) => boolean) => {
  const { type: wrapper, innerType } = definition(schema);
  if (wrapper === 'optional' && unwrap(innerType).inner === innerType) return () => true;
  const encode = encoderOf(type) as (value: unknown) => string;
  return (sink) => {
    const parsed = z.safeParse(schema, undefined);
    if (!parsed.success) return false;
    if (parsed.data === undefined) return true;
    writeBytes(sink, prefix);
    writeText(sink, encode(parsed.data));
    return true;
  };
};

const toMember = (schema: Schema, { name, column, type }: Field): Member => {
  const prefix = memberPrefix(column);
  return {
    name,
    prefix,
    write: compile(unwrap(schema).inner, type),
    writeMissing: missing(schema, type, prefix),
  };
};

const membersOf = (shape: Readonly<Record<string, Schema>>, fields: readonly Field[]): Member[] =>
  fields.map((field) => toMember(shape[field.name] as Schema, field));

/**
 * Compiles a strict object schema and its fields into a function that writes an image straight as the members of
 * its JSON object, checked on the way; the attributes `aside` are passed over. It says true only where it is certain
 * to have written what parsing by the schema and encoding would; those must be done otherwise.
 *
 * @example
 * const write = imageWriter(recordSchema(order), order.fields);
 * write({ id: { S: 'o1' }, … }, sink) // ,"id":"o1",…
 */
export const imageWriter = (
  schema: z.ZodObject,
  fields: readonly Field[],
  aside?: readonly string[],
): WriteMap => writeMembers(membersOf(definition(schema).shape, fields), aside);
