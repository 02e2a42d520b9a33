import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toRecord, type AttributeMap } from '../../../core/lake/attribute-value.ts';
import { changeRow } from '../../../core/lake/change-row.ts';
import { FIRST_INSTANT, LAST_INSTANT } from '../../../core/schema/fields.ts';
import { columnName } from '../../../core/schema/names.ts';
import { issuesOf } from '../../../core/schema/issues.ts';
import { decimal, entity, id, money, timestamp, z } from '../../../core/schema/index.ts';
import { recordSchema } from '../../../core/schema/record.ts';

/** A field: its schema, values it takes, and what the lake must hold for a value. */
interface Case {
  readonly schema: z.core.$ZodType;
  readonly values: fc.Arbitrary<unknown>;
  readonly inLake: (value: never) => unknown;
}

const same = (value: unknown): unknown => value;

const withSpace = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 23)}`;

const instants = fc
  .date({
    min: new Date(FIRST_INSTANT),
    max: new Date(LAST_INSTANT),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());

const amounts = fc.record({ amount: fc.maxSafeInteger(), currency: fc.constantFrom('EUR', 'USD', 'JPY') });

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', minLength: 90, maxLength: 120 }),
  fc.string(),
);

const scalar: fc.Arbitrary<Case> = fc.constantFrom<Case>(
  { schema: z.string(), values: texts, inLake: same },
  { schema: z.string().min(2).max(8), values: fc.string({ minLength: 2, maxLength: 8 }), inLake: same },
  { schema: id(), values: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,40}$/), inLake: same },
  { schema: z.email(), values: fc.constantFrom('a@b.example', 'x.y+z@mail.example'), inLake: same },
  { schema: z.url(), values: fc.webUrl(), inLake: same },
  { schema: z.enum(['a', 'b "c"']), values: fc.constantFrom('a', 'b "c"'), inLake: same },
  { schema: z.boolean(), values: fc.boolean(), inLake: same },
  { schema: z.int(), values: fc.maxSafeInteger(), inLake: same },
  { schema: z.int().min(-5).lt(1000), values: fc.integer({ min: -5, max: 999 }), inLake: same },
  { schema: z.int().multipleOf(5), values: fc.integer({ min: 0, max: 99 }).map((n) => n * 5), inLake: same },
  {
    schema: z.number(),
    values: fc.double({ min: -1e100, max: 1e100, noNaN: true }).map((n) => (Math.abs(n) < 1e-100 ? 0 : n)),
    inLake: same,
  },
  { schema: timestamp(), values: instants, inLake: withSpace },
  { schema: z.iso.date(), values: instants.map((text) => text.slice(0, 10)), inLake: same },
  { schema: decimal(20, 5), values: fc.stringMatching(/^-?\d{1,15}(\.\d{1,5})?$/), inLake: same },
  { schema: money(), values: amounts, inLake: same },
  {
    schema: z.string().refine((text) => text !== 'no'),
    values: fc.constantFrom('yes', 'maybe'),
    inLake: same,
  },
);

const NAMES = ['alpha', 'betaGamma', 'deltaURL', 'epsilon2', 'zetaEtaTheta'];

const listOf = (element: Case): Case => ({
  schema: z.array(element.schema).max(4),
  values: fc.array(element.values, { maxLength: 4 }),
  inLake: (values: readonly never[]) => values.map((value) => element.inLake(value)),
});

const objectOf = (members: readonly { one: Case; optional: boolean }[]): Case => {
  const named = members.map((member, index) => ({ ...member, name: NAMES[index] as string }));
  const shape = Object.fromEntries(
    named.map(({ name, one, optional }) => [name, optional ? z.optional(one.schema) : one.schema]),
  );
  const required = named.filter(({ optional }) => !optional).map(({ name }) => name);
  return {
    schema: z.object(shape),
    values: fc.record(Object.fromEntries(named.map(({ name, one }) => [name, one.values])), {
      requiredKeys: required,
    }),
    inLake: (value: Readonly<Record<string, never>>) =>
      Object.fromEntries(
        named
          .filter(({ name }) => value[name] !== undefined)
          .map(({ name, one }) => [columnName(name), one.inLake(value[name] as never)]),
      ),
  };
};

const { object } = fc.letrec<{ field: Case; object: Case }>((tie) => ({
  field: fc.oneof({ maxDepth: 3, depthIdentifier: 'field' }, scalar, tie('field').map(listOf), tie('object')),
  object: fc
    .array(fc.record({ one: tie('field'), optional: fc.boolean() }), {
      minLength: 1,
      maxLength: 5,
      depthIdentifier: 'field',
    })
    .map(objectOf),
}));

const entityOf = (fields: Case) =>
  entity({
    name: 'thing',
    description: 'Anything',
    fields: (fields.schema as z.ZodObject).shape,
  });

const SYSTEM = {
  id: 't1',
  version: 1,
  createdAt: '2026-11-22T13:00:00.000Z',
  updatedAt: '2026-11-22T13:00:00.000Z',
};

const asImage = (record: Record<string, unknown>): AttributeMap =>
  JSON.parse(
    JSON.stringify(marshall(record, { removeUndefinedValues: true, allowImpreciseNumbers: true })),
  ) as AttributeMap;

const streamed = (NewImage: AttributeMap) => ({
  eventID: 'e1',
  eventName: 'INSERT',
  dynamodb: { ApproximateCreationDateTime: 1_795_352_400, SequenceNumber: '1', NewImage },
});

const withRecord = object.chain((fields) => fc.tuple(fc.constant(fields), fields.values));

test('every record of every schema comes back from its row, column by column', () => {
  fc.assert(
    fc.property(withRecord, ([fields, value]) => {
      const toRow = changeRow(entityOf(fields));

      const row = toRow(streamed(asImage({ ...SYSTEM, ...(value as object) })));

      expect(row).toMatchObject({ ok: true });
      const read = JSON.parse(row.ok ? row.json : '') as Record<string, unknown>;
      const own = Object.fromEntries(
        Object.entries(read).filter(([name]) => NAMES.map(columnName).includes(name)),
      );
      expect(own).toEqual(JSON.parse(JSON.stringify(fields.inLake(value as never))));
    }),
    { numRuns: 300 },
  );
});

/** An image with one attribute, somewhere, replaced by something else. */
const spoil = (image: AttributeMap, pick: number, other: unknown): AttributeMap => {
  const places: { holder: Record<string, unknown>; name: string }[] = [];
  const visit = (holder: Record<string, unknown>): void => {
    for (const [name, attribute] of Object.entries(holder)) {
      places.push({ holder, name });
      const { M, L } = attribute as { M?: Record<string, unknown>; L?: Record<string, unknown> };
      if (M) visit(M);
      if (L) visit(L);
    }
  };
  const spoilt = structuredClone(image) as Record<string, unknown>;
  visit(spoilt);
  const place = places[pick % places.length];
  if (place) place.holder[place.name] = other;
  return spoilt as AttributeMap;
};

const otherAttributes = fc.constantFrom<unknown>(
  { S: '' },
  { S: 'x'.repeat(200) },
  { S: '2026-02-30T00:00:00.000Z' },
  { S: '2026-11-22T23:00:00.000+01:00' },
  { N: '-1' },
  { N: '1.5' },
  { N: '007' },
  { N: '1e3' },
  { N: '9007199254740992' },
  { BOOL: true },
  { NULL: true },
  { L: [] },
  { M: {} },
  { M: { amount: { N: '1' }, currency: { S: 'XXY' } } },
  { SS: ['a'] },
);

test('a row is refused exactly when the schema refuses the record, for the same reasons', () => {
  fc.assert(
    fc.property(withRecord, fc.nat(), otherAttributes, ([fields, value], pick, other) => {
      const thing = entityOf(fields);
      const image = spoil(asImage({ ...SYSTEM, ...(value as object) }), pick, other);
      let record: Record<string, unknown> | undefined;
      try {
        record = toRecord(image);
      } catch {
        record = undefined;
      }
      const parsed = record && recordSchema(thing).safeParse(record);

      const row = changeRow(thing)(streamed(image));

      expect(row.ok).toBe(parsed?.success ?? false);
      expect(row.ok || !parsed?.error || row.issues).toEqual(parsed?.error ? issuesOf(parsed.error) : true);
    }),
    { numRuns: 500 },
  );
});

test('toRecord is the inverse of marshall', () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constant(null),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, min: -1e120, max: 1e120 }).map((number) => (number === 0 ? 0 : number)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.string().filter((name) => name !== '__proto__'),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  }));
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value, { maxKeys: 5, noNullPrototype: true }),
      (record) => {
        expect(toRecord(asImage(record))).toEqual(record);
      },
    ),
  );
});
