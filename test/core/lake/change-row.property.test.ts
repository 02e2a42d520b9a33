import { randomBytes } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toRecord, type AttributeMap } from '../../../core/lake/attribute-value.ts';
import { changeRow } from '../../../core/lake/change-row.ts';
import { FIRST_INSTANT, LAST_INSTANT } from '../../../core/schema/fields.ts';
import { unseal } from '../../../core/privacy/seal.ts';
import { ERASED, SECRET_BYTES, subjectKey, type SubjectKeys } from '../../../core/privacy/subject-key.ts';
import { parseToken } from '../../../core/privacy/token.ts';
import { describeFields } from '../../../core/schema/field-type.ts';
import { columnName } from '../../../core/schema/names.ts';
import { issuesOf } from '../../../core/schema/issues.ts';
import { decimal, entity, id, money, timestamp, z } from '../../../core/schema/index.ts';
import { recordSchema } from '../../../core/schema/record.ts';

/** A field: its schema, values it takes, and what the lake must hold for a value, once it is unsealed. */
interface Case {
  readonly schema: z.core.$ZodType;
  readonly values: fc.Arbitrary<unknown>;
  readonly inLake: (value: never) => unknown;
  /** Whether something inside it is personal: then it cannot be personal as a whole. */
  readonly hasPersonal?: boolean;
  /** Whether it has a year and a month. */
  readonly isTime?: boolean;
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
  { schema: timestamp(), values: instants, inLake: withSpace, isTime: true },
  { schema: z.iso.date(), values: instants.map((text) => text.slice(0, 10)), inLake: same, isTime: true },
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
  hasPersonal: element.hasPersonal ?? false,
});

const POLICIES = [undefined, 'token', 'token', 'drop', 'year', 'month', 'clear'] as const;

type Policy = (typeof POLICIES)[number];

const FIRST_DAYS: Partial<Record<string, (text: string) => string>> = {
  year: (text) =>
    text.replace(/^(\d{4})-..-..( .*)?$/, (_, year, time) => `${year}-01-01${time ? ' 00:00:00.000' : ''}`),
  month: (text) =>
    text.replace(/^(\d{4}-..)-..( .*)?$/, (_, month, time) => `${month}-01${time ? ' 00:00:00.000' : ''}`),
};

interface MemberCase {
  readonly one: Case;
  readonly optional: boolean;
  readonly policy: Policy;
}

const policyOf = ({ one, policy }: MemberCase): Policy => {
  if (one.hasPersonal) return undefined;
  return (policy === 'year' || policy === 'month') && !one.isTime ? 'token' : policy;
};

const schemaOf = ({ one: { schema }, optional, policy }: MemberCase): z.core.$ZodType => {
  const whole = optional ? z.optional(schema) : (schema as z.ZodType);
  return policy ? whole.meta({ personal: { lake: policy, reason: 'a test' } }) : whole;
};

const memberInLake = ({ one, policy }: MemberCase, value: never): unknown => {
  const text = one.inLake(value);
  return FIRST_DAYS[policy ?? '']?.(text as string) ?? text;
};

const objectOf = (given: readonly MemberCase[]): Case => {
  const members = given.map((member, index) => ({
    ...member,
    policy: index === 0 && policyOf(member) === 'drop' ? undefined : policyOf(member),
    name: NAMES[index] as string,
  }));
  const shape = Object.fromEntries(members.map((member) => [member.name, schemaOf(member)]));
  const required = members.filter(({ optional }) => !optional).map(({ name }) => name);
  return {
    schema: z.object(shape),
    values: fc.record(Object.fromEntries(members.map(({ name, one }) => [name, one.values])), {
      requiredKeys: required,
    }),
    inLake: (value: Readonly<Record<string, never>>) =>
      Object.fromEntries(
        members
          .filter(({ name, policy }) => value[name] !== undefined && policy !== 'drop')
          .map((member) => [columnName(member.name), memberInLake(member, value[member.name] as never)]),
      ),
    hasPersonal: members.some(({ one, policy }) => one.hasPersonal || policy !== undefined),
  };
};

const { object } = fc.letrec<{ field: Case; object: Case }>((tie) => ({
  field: fc.oneof({ maxDepth: 3, depthIdentifier: 'field' }, scalar, tie('field').map(listOf), tie('object')),
  object: fc
    .array(fc.record({ one: tie('field'), optional: fc.boolean(), policy: fc.constantFrom(...POLICIES) }), {
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
    version: 2,
    upgrade: { 1: (record) => record },
    subject: 'id',
  });

const KEY = subjectKey('t1', randomBytes(SECRET_BYTES));
const KEYS: SubjectKeys = new Map([['t1', KEY]]);
/** A spoilt record may be of anybody. */
const KEYS_OF_ALL: SubjectKeys = { get: () => KEY };

/** A row with what is sealed in it in clear. */
const unsealed = (value: unknown): unknown => {
  if (typeof value === 'string') return parseToken(value) ? unseal(KEY, value) : value;
  if (Array.isArray(value)) return value.map(unsealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unsealed(inner)]));
};

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

      const row = toRow(streamed(asImage({ ...SYSTEM, ...(value as object) })), KEYS);

      expect(row).toMatchObject({ ok: true });
      const read = unsealed(JSON.parse(row.ok ? row.json : '')) as Record<string, unknown>;
      const own = Object.fromEntries(
        Object.entries(read).filter(([name]) => NAMES.map(columnName).includes(name)),
      );
      expect(own).toEqual(JSON.parse(JSON.stringify(fields.inLake(value as never))));
    }),
    { numRuns: 300 },
  );
});

/** The attributes of an image, and of every map in it, the other way round. */
const reversed = (image: AttributeMap): AttributeMap =>
  Object.fromEntries(
    Object.entries(image)
      .toReversed()
      .map(([name, { M, L, ...rest }]) => [
        name,
        {
          ...rest,
          ...(M ? { M: reversed(M as AttributeMap) } : {}),
          ...(L ? { L: (L as AttributeMap[]).map((item) => reversed({ item }).item) } : {}),
        },
      ]),
  );

test('both writers give the same row, byte by byte in what is sealed, in whatever order attributes come', () => {
  fc.assert(
    fc.property(withRecord, ([fields, value]) => {
      const toRow = changeRow(entityOf(fields));
      const image = asImage({ ...SYSTEM, ...(value as object) });
      const rowOf = (stored: AttributeMap, schemaVersion: number) => {
        const row = toRow(streamed({ ...stored, schemaVersion: { N: String(schemaVersion) } }), KEYS);
        return JSON.parse(row.ok ? row.json : '') as Record<string, unknown>;
      };

      const [compiled, upgraded] = [rowOf(reversed(image), 2), rowOf(image, 1)];

      expect({ ...compiled, change_schema_version: 1 }).toEqual(upgraded);
    }),
    { numRuns: 300 },
  );
});

test('of a subject that was erased nothing personal arrives', () => {
  fc.assert(
    fc.property(withRecord, fc.constantFrom(1, 2), ([fields, value], schemaVersion) => {
      const erased: SubjectKeys = new Map([['t1', ERASED]]);
      const toRow = changeRow(entityOf(fields));
      const image = {
        ...asImage({ ...SYSTEM, ...(value as object) }),
        schemaVersion: { N: String(schemaVersion) },
      };

      const row = toRow(streamed(image), erased);

      const personal = describeFields((fields.schema as z.ZodObject).shape, 'thing').filter(
        ({ personal: policy }) => policy,
      );
      const read = JSON.parse(row.ok ? row.json : '') as Record<string, unknown>;
      expect(personal.map(({ column }) => read[column] ?? null)).toEqual(personal.map(() => null));
      expect(row.ok && row.json).not.toContain('sealed:v1');
    }),
    { numRuns: 200 },
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

      const row = changeRow(thing)(streamed(image), KEYS_OF_ALL);

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
