import * as fc from 'fast-check';
import { decimal, id, money, timestamp, z } from '../../../core/schema/index.ts';

/** A type a test can make in several ways: as a Zod schema, as its values, and as another one near to it. */
export type Spec =
  | { readonly kind: 'string'; readonly min: number; readonly max: number; readonly rule: number }
  | {
      readonly kind: 'integer' | 'number';
      readonly min: number;
      readonly max: number;
      readonly open: boolean;
      readonly of: number;
    }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'boolean' | 'timestamp' | 'date' | 'money' | 'id' | 'email' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'array'; readonly min: number; readonly max: number; readonly items: Spec }
  | { readonly kind: 'object'; readonly fields: Specs };

export interface FieldSpec {
  readonly spec: Spec;
  readonly presence: 'required' | 'optional' | 'default';
  readonly readOnly: boolean;
  readonly immutable: boolean;
}

export type Specs = Readonly<Record<string, FieldSpec>>;

type Of<K extends Spec['kind']> = Extract<Spec, { kind: K }>;
type Makers<T> = { readonly [K in Spec['kind']]: (spec: Of<K>) => T };

const make = <T>(makers: Makers<T>, spec: Spec): T => (makers[spec.kind] as (spec: Spec) => T)(spec);

/** Rules on texts that nobody can compare, and letters that keep to them. The first is no rule. */
const TEXTS = [
  { letters: 'aMz 9é"' },
  { rule: /^[a-y]*$/, letters: 'amy' },
  { rule: /^[a-m]*$/i, letters: 'amAM' },
  { rule: /^[a-m]*$/, letters: 'am' },
] as const;

const textOf = (rule: number): { readonly rule?: RegExp; readonly letters: string } =>
  TEXTS[rule] ?? TEXTS[0];

const figure = ({ kind, min, max, open, of }: Of<'integer' | 'number'>) => {
  const base = kind === 'integer' ? z.int() : z.number();
  return (open ? base.gt(min).lt(max) : base.min(min).max(max)).multipleOf(of);
};

const SCHEMAS: Makers<z.ZodType> = {
  boolean: () => z.boolean(),
  timestamp: () => timestamp(),
  date: () => z.iso.date(),
  money: () => money(),
  id: () => id(),
  email: () => z.email(),
  string: ({ min, max, rule }) => {
    const schema = z.string().min(min).max(max);
    const pattern = textOf(rule).rule;
    return pattern ? schema.regex(pattern) : schema;
  },
  integer: figure,
  number: figure,
  enum: ({ values }) => z.enum(values),
  decimal: ({ precision, scale }) => decimal(precision, scale),
  array: ({ min, max, items }) => z.array(make(SCHEMAS, items)).min(min).max(max),
  object: ({ fields }) => z.object(shapeOf(fields)),
};

const fieldSchema = ({ spec, presence, readOnly, immutable }: FieldSpec): z.ZodType => {
  const schema = make(SCHEMAS, spec).meta({
    ...(readOnly ? { readOnly } : {}),
    ...(immutable ? { immutable } : {}),
  });
  if (presence === 'optional') return schema.optional();
  return presence === 'default' ? schema.default(sampleOf(spec) as never) : schema;
};

/** The shape of some fields, as a schema file has it. */
export const shapeOf = (fields: Specs): Record<string, z.ZodType> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)]));

const multiples = ({ min, max, open, of }: Of<'integer' | 'number'>) => {
  const [first, last] = [Math.ceil(min / of), Math.floor(max / of)];
  const [from, to] = [
    open && first * of === min ? first + 1 : first,
    open && last * of === max ? last - 1 : last,
  ];
  return fc.integer({ min: from, max: to }).map((times) => times * of);
};

const digits = (most: number) => fc.nat({ max: 10 ** Math.min(most, 8) - 1 }).map(String);

const INSTANTS = fc.date({ min: new Date('1700-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });

/** Which fields of an object are made: all, or those that requests have. */
type Keep = (field: FieldSpec) => boolean;

const valueMakers = (keep: Keep): Makers<fc.Arbitrary<unknown>> => ({
  boolean: () => fc.boolean(),
  timestamp: () => INSTANTS.map((instant) => instant.toISOString()),
  date: () => INSTANTS.map((instant) => instant.toISOString().slice(0, 10)),
  money: () => fc.record({ amount: fc.integer(), currency: fc.constantFrom('EUR', 'USD') }),
  id: () => fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,9}$/),
  email: () => fc.constantFrom('a@b.example', 'x.y+z@mail.example'),
  string: ({ min, max, rule }) =>
    fc.string({ minLength: min, maxLength: max, unit: fc.constantFrom(...textOf(rule).letters.split('')) }),
  integer: multiples,
  number: multiples,
  enum: ({ values }) => fc.constantFrom(...values),
  decimal: ({ precision, scale }) =>
    scale === 0
      ? digits(precision)
      : fc
          .tuple(precision > scale ? digits(precision - scale) : fc.constant('0'), digits(scale))
          .map((parts) => parts.join('.')),
  array: ({ min, max, items }) =>
    fc.array(make(valueMakers(keep), items), { minLength: min, maxLength: max }),
  object: ({ fields }) => recordOf(fields, keep),
});

const recordOf = (fields: Specs, keep: Keep): fc.Arbitrary<Record<string, unknown>> => {
  const kept = Object.entries(fields).filter(([, field]) => keep(field));
  return fc.record(
    Object.fromEntries(kept.map(([name, { spec }]) => [name, make(valueMakers(keep), spec)])),
    {
      requiredKeys: kept.filter(([, { presence }]) => presence === 'required').map(([name]) => name),
    },
  );
};

/** Some values of fields: of whole records, or of what a client may send. The same for the same seed. */
export const recordsOf = (
  fields: Specs,
  kind: 'whole' | 'request',
  seed: number,
): Record<string, unknown>[] =>
  fc.sample(
    recordOf(fields, ({ readOnly }) => kind === 'whole' || !readOnly),
    { numRuns: 8, seed },
  );

/** One value of a type, always the same. */
export const sampleOf = (spec: Spec): unknown =>
  fc.sample(
    make(
      valueMakers(() => true),
      spec,
    ),
    { numRuns: 1, seed: 1 },
  )[0];

const limits = { min: fc.integer({ min: 0, max: 2 }), max: fc.integer({ min: 2, max: 4 }) };

const figures = <K extends 'integer' | 'number'>(kind: K, of: readonly number[]) =>
  fc.record({
    kind: fc.constant(kind),
    min: fc.constantFrom(-4, 0, 1),
    max: fc.constantFrom(8, 12, 20),
    open: fc.boolean(),
    of: fc.constantFrom(...of),
  });

const enums = fc.record({
  kind: fc.constant('enum' as const),
  values: fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }),
});

const decimals: fc.Arbitrary<Spec> = fc.constantFrom(
  ...[
    [5, 2],
    [7, 2],
    [7, 4],
    [5, 0],
    [2, 2],
  ].map(([precision = 1, scale = 0]) => ({ kind: 'decimal' as const, precision, scale })),
);

const leaves: fc.Arbitrary<Spec> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('string' as const), ...limits, rule: fc.nat({ max: 3 }) }),
  },
  { weight: 3, arbitrary: figures('integer', [1, 2, 4]) },
  { weight: 3, arbitrary: figures('number', [0.5, 1, 2]) },
  { weight: 1, arbitrary: enums },
  { weight: 1, arbitrary: decimals },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('boolean', 'timestamp', 'date', 'money', 'id', 'email') }),
  },
);

const NAMES = ['alpha', 'betaGamma', 'betaGAMMA', 'delta'];

const fieldOf = (spec: fc.Arbitrary<Spec>): fc.Arbitrary<FieldSpec> =>
  fc.record({
    spec,
    presence: fc.constantFrom('required', 'optional', 'default'),
    readOnly: fc.boolean(),
    immutable: fc.boolean(),
  });

/** Two names that are the same column cannot stand side by side. */
const withoutTwins = (fields: Record<string, FieldSpec>): Specs => {
  if (!('betaGamma' in fields && 'betaGAMMA' in fields)) return fields;
  const { betaGAMMA: _twin, ...rest } = fields;
  return rest;
};

const fieldsOf = (spec: fc.Arbitrary<Spec>, minKeys: number): fc.Arbitrary<Specs> =>
  fc
    .dictionary(fc.constantFrom(...NAMES), fieldOf(spec), { minKeys, maxKeys: 3, noNullPrototype: true })
    .map(withoutTwins);

const { spec: specs } = fc.letrec<{ spec: Spec }>((tie) => ({
  spec: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'spec' },
    { weight: 3, arbitrary: leaves },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('array' as const), ...limits, items: tie('spec') }),
    },
    { weight: 1, arbitrary: fieldsOf(tie('spec'), 1).map((fields) => ({ kind: 'object' as const, fields })) },
  ),
}));

/** The same but for one property, mostly: a change that passes has to pass in all it changes. */
const altered = <T extends object>(
  same: T,
  others: { readonly [K in keyof T]?: fc.Arbitrary<T[K]> },
): fc.Arbitrary<T> =>
  fc.oneof(
    ...Object.entries(others).map(([name, other]) =>
      (other as fc.Arbitrary<unknown>).map((value) => ({ ...same, [name]: value })),
    ),
  );

const nearFigure = (spec: Of<'integer' | 'number'>): fc.Arbitrary<Spec> =>
  altered<Spec & typeof spec>(spec, {
    kind: fc.constantFrom('integer', 'number'),
    min: fc.constantFrom(-4, 0, 1),
    max: fc.constantFrom(8, 12, 20),
    open: fc.boolean(),
    of: fc.constantFrom(1, 2, 4),
  });

const nearMakers: Makers<fc.Arbitrary<Spec>> = {
  boolean: fc.constant,
  timestamp: fc.constant,
  date: fc.constant,
  money: fc.constant,
  id: fc.constant,
  email: fc.constant,
  string: (spec) => altered<Spec & typeof spec>(spec, { ...limits, rule: fc.nat({ max: 3 }) }),
  integer: nearFigure,
  number: nearFigure,
  enum: (spec) => fc.oneof(enums, fc.constant({ ...spec, values: ['a', 'b', 'c', 'd'] })),
  decimal: () => decimals,
  array: (spec) => altered<Spec & typeof spec>(spec, { ...limits, items: near(spec.items) }),
  object: ({ fields }) => nearFields(fields).map((others) => ({ kind: 'object' as const, fields: others })),
};

const near = (spec: Spec): fc.Arbitrary<Spec> =>
  fc.oneof({ weight: 12, arbitrary: make(nearMakers, spec) }, { weight: 1, arbitrary: specs });

const nearField = (field: FieldSpec): fc.Arbitrary<FieldSpec | undefined> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(field) },
    { weight: 12, arbitrary: near(field.spec).map((spec) => ({ ...field, spec })) },
    {
      weight: 6,
      arbitrary: altered(field, {
        presence: fc.constantFrom('required', 'optional', 'default'),
        readOnly: fc.boolean(),
        immutable: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );

const nearFields = (fields: Specs): fc.Arbitrary<Specs> =>
  fc
    .tuple(
      fc.tuple(
        ...Object.entries(fields).map(([name, field]) => fc.tuple(fc.constant(name), nearField(field))),
      ),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant<Specs>({}) },
        { weight: 1, arbitrary: fieldsOf(leaves, 1) },
      ),
    )
    .map(([kept, added]) => {
      const rest = kept.flatMap(([name, field]) => (field ? [[name, field] as const] : []));
      return withoutTwins({ ...added, ...Object.fromEntries(rest) });
    });

/** The fields of a schema, and those it might have later. */
export const versions: fc.Arbitrary<readonly [before: Specs, after: Specs]> = fieldsOf(specs, 1).chain(
  (before) => fc.tuple(fc.constant(before), nearFields(before)),
);

/** The fields of a schema. */
export const someFields: fc.Arbitrary<Specs> = fieldsOf(specs, 0);
