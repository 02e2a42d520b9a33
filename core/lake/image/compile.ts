import * as z from 'zod';
import { definition, unwrap, type Field, type FieldType } from '../../schema/field-type.ts';
import { money, timestamp } from '../../schema/fields.ts';
import { toValue, type AttributeValue } from '../attribute-value.ts';
import type { Sealing } from '../../privacy/sealing.ts';
import { atTop, below, encoderOf, encoderOfField, type Standing } from '../encode.ts';
import { writeBytes, writeText, type Sink } from '../sink.ts';
import { arrayRule, isIdentifier, numberRule, stringRule } from './checks.ts';
import { NO_PREFIX, writeNothing, writeSealed, writeUnlessErased } from './personal.ts';
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
  at: Standing,
) => WriteAttribute | undefined;

const valueOf = (attribute: AttributeValue): unknown => {
  try {
    return toValue(attribute);
  } catch {
    return undefined;
  }
};

type Encode = (value: unknown) => string;

/** The sure way: the schema parses the value, the encoder writes what it made of it. */
const parseAndEncode =
  (schema: Schema, encode: Encode): WriteAttribute =>
  (attribute, sink) => {
    const value = valueOf(attribute);
    if (value === undefined) return false;
    const parsed = z.safeParse(schema, value);
    if (parsed.success) writeText(sink, encode(parsed.data));
    return parsed.success;
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

const moneyAmount: Compile<'money'> = (schema, _type, at) => {
  if (checkCount(schema) !== OWN_CHECKS.money) return undefined;
  const { amount, currency } = definition(schema).shape;
  const required = { writeMissing: () => false };
  const writeCurrency = remembered(compile(currency, { type: 'string', neverEmpty: true }, at));
  return writeObject([
    {
      ...required,
      name: 'amount',
      prefix: memberPrefix('amount'),
      write: compile(amount, { type: 'integer' }, at),
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
  array: (schema, { items }, at) => {
    const fits = arrayRule(schema);
    return fits && writeArray(fits, compile(definition(schema).element, items, at));
  },
  object: (schema, { fields }, at) =>
    checkCount(schema) === 0 ? writeObject(membersOf(definition(schema).shape, fields, at)) : undefined,
};

const compile = (schema: Schema, type: FieldType, at: Standing): WriteAttribute =>
  (compilers[type.type] as Compile<TypeName>)(schema, type, at) ??
  parseAndEncode(schema, encoderOf(type, at) as Encode);

/** A type of which every value has one JSON text, in whatever order the members of a map come. */
const hasOneText = (type: FieldType): boolean =>
  type.type === 'array' ? hasOneText(type.items) : type.type !== 'object' && type.type !== 'money';

/** Compiles a field into a writer of what the lake gets of it. */
const fieldWriter = (inner: Schema, field: Field, above: Standing): WriteAttribute => {
  const at = below(above, field.column);
  const write = compile(inner, field.type, at);
  const lake = field.personal?.lake;
  if (lake === undefined) return write;
  if (lake === 'drop') return writeNothing(write);
  if (lake === 'clear') return writeUnlessErased(write, at);
  return lake === 'token' && hasOneText(field.type)
    ? writeSealed(write, at)
    : parseAndEncode(inner, encoderOfField(field, above));
};

const missing = (
  schema: Schema,
  field: Field,
  at: Standing,
  prefix: Uint8Array,
): ((sink: Sink) => boolean) => {
  const { type: wrapper, innerType } = definition(schema);
  if (wrapper === 'optional' && unwrap(innerType).inner === innerType) return () => true;
  const encode = encoderOfField(field, at);
  return (sink) => {
    const parsed = z.safeParse(schema, undefined);
    if (!parsed.success) return false;
    if (parsed.data === undefined || field.personal?.lake === 'drop') return true;
    writeBytes(sink, prefix);
    writeText(sink, encode(parsed.data));
    return true;
  };
};

const toMember = (schema: Schema, field: Field, at: Standing): Member => {
  const prefix = field.personal?.lake === 'drop' ? NO_PREFIX : memberPrefix(field.column);
  return {
    name: field.name,
    prefix,
    write: fieldWriter(unwrap(schema).inner, field, at),
    writeMissing: missing(schema, field, at, prefix),
  };
};

const membersOf = (
  shape: Readonly<Record<string, Schema>>,
  fields: readonly Field[],
  at: Standing,
): Member[] => fields.map((field) => toMember(shape[field.name] as Schema, field, at));

/**
 * Compiles a strict object schema and its fields into a function that writes an image straight as the members of
 * its JSON object, checked on the way and personal values as the lake gets them; the attributes `aside` are passed over. It says true only where it is certain
 * to have written what parsing by the schema and encoding would; those must be done otherwise.
 *
 * @example
 * const write = imageWriter(recordSchema(order), order.fields, { sealing });
 * write({ id: { S: 'o1' }, … }, sink) // ,"id":"o1",…
 */
export const imageWriter = (
  schema: z.ZodObject,
  fields: readonly Field[],
  { sealing, aside = [] }: { sealing: Sealing; aside?: readonly string[] },
): WriteMap => writeMembers(membersOf(definition(schema).shape, fields, atTop(sealing)), aside);
