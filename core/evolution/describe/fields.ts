import * as z from 'zod';
import { definition, unwrap, type Field, type FieldType } from '../../schema/field-type.ts';
import { decimal, money, timestamp } from '../../schema/fields.ts';
import type { LockedField, LockedFields, LockedType, Rules } from '../lock.ts';
import { rulesOf } from './rules.ts';

type Schema = z.core.$ZodType;
type Shape = Readonly<Record<string, Schema>>;
type TypeName = FieldType['type'];

const partsOf: {
  readonly [T in TypeName]?: (type: Extract<FieldType, { type: T }>, inner: Schema) => object;
} = {
  decimal: ({ precision, scale }) => ({ precision, scale }),
  array: ({ items }, inner) => ({ items: lockType(definition(inner).element, items) }),
  object: ({ fields }, inner) => ({ fields: lockFields(definition(inner).shape, fields) }),
};

const OF_TIMESTAMP = rulesOf(timestamp(), 'timestamp');
const OF_DATE = rulesOf(z.iso.date(), 'date');
const OF_MONEY = rulesOf(money(), 'money');

/** What the type itself says already: only rules beyond it are of the schema. */
const bases: { readonly [T in TypeName]?: (type: Extract<FieldType, { type: T }>) => Rules } = {
  timestamp: () => OF_TIMESTAMP,
  date: () => OF_DATE,
  money: () => OF_MONEY,
  decimal: ({ precision, scale }) => rulesOf(decimal(precision, scale), 'decimal'),
};

const beyond = (said: unknown, base: unknown): unknown => {
  if (!Array.isArray(said) || !Array.isArray(base)) return said === base ? undefined : said;
  const rest = said.filter((one) => !base.includes(one));
  return rest.length > 0 ? rest : undefined;
};

const ownRules = (schema: Schema, type: FieldType): Rules => {
  const rules = rulesOf(schema, type.type);
  const base = (bases[type.type] as ((type: FieldType) => Rules) | undefined)?.(type);
  if (!base) return rules;
  const said = base as Readonly<Record<string, unknown>>;
  const own = Object.entries(rules).map(([name, value]) => [name, beyond(value, said[name])] as const);
  return Object.fromEntries(own.filter(([, value]) => value !== undefined));
};

const lockType = (schema: Schema, type: FieldType): LockedType => ({
  type: type.type,
  ...ownRules(schema, type),
  ...(partsOf[type.type] as ((type: FieldType, inner: Schema) => object) | undefined)?.(
    type,
    unwrap(schema).inner,
  ),
});

/** Zod knows whether a value may be missing before it is parsed, and whether it may be after. */
const presenceOf = (schema: Schema, rules: Rules): Pick<LockedField, 'presence' | 'default'> => {
  const { optin, optout } = schema._zod;
  if (optin === undefined) return {};
  if (optout === 'optional') return { presence: 'optional' };
  return {
    presence: 'default',
    ...(rules.enum ? { default: z.safeParse(schema, undefined).data as string } : {}),
  };
};

const FLAGS = ['readOnly', 'immutable'] as const;

const lockField = (schema: Schema, field: Field): LockedField => {
  const type = lockType(schema, field.type);
  return {
    ...type,
    ...(field.column === field.name ? {} : { column: field.column }),
    ...presenceOf(schema, type),
    ...Object.fromEntries(FLAGS.filter((flag) => field[flag]).map((flag) => [flag, true])),
    ...(field.personal ? { personal: field.personal.lake === 'token' || field.personal.lake } : {}),
    ...(field.unit === undefined ? {} : { unit: field.unit }),
  };
};

/** The fields of an object shape as a lock holds them: what it takes, without what only explains. */
export const lockFields = (shape: Shape, fields: readonly Field[]): LockedFields =>
  Object.fromEntries(fields.map((field) => [field.name, lockField(shape[field.name] as Schema, field)]));
