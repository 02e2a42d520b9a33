import { describe, expect, test } from 'vitest';
import { isBreak, type Change } from '../../../core/evolution/change.ts';
import { changesSince } from '../../../core/evolution/compare.ts';
import { EMPTY_LOCK, type Lock } from '../../../core/evolution/lock.ts';
import { lockedSchemas } from '../../../core/evolution/make.ts';
import { decimal, entity, event, id, money, timestamp, z } from '../../../core/schema/index.ts';
import type { Schema } from '../../../core/schema/load.ts';
import type { LakePolicy } from '../../../core/schema/personal.ts';

type Options = Partial<Parameters<typeof entity>[0]>;
type Fields = Options['fields'];

/** A parcel of one field or some, as a schema file would have it. */
const parcel = (fields: Fields = {}, options: Options = {}): Schema =>
  entity({ name: 'parcel', description: 'Something that is sent', fields, ...options });

const sent = (fields: Fields = {}, options: { plural?: string } = {}): Schema =>
  event({ name: 'sent', description: 'Something was sent', fields, ...options });

const schemasOf = (schemas: readonly Schema[]): Lock['schemas'] =>
  lockedSchemas(new Map(schemas.map((schema) => [schema, `schemas/${schema.name}.ts`])));

const changesOf = (before: readonly Schema[], after: readonly Schema[], lock: Partial<Lock> = {}): Change[] =>
  changesSince({ ...EMPTY_LOCK, schemas: schemasOf(before), ...lock }, schemasOf(after));

/** Whom each place breaks, in the short: `{ 'parcel.note': ['requests', 'lake'] }`. */
const brokenBy = (changes: readonly Change[]): Record<string, string[]> => {
  const broken: Record<string, string[]> = {};
  for (const { place, breaks = {} } of changes.filter(isBreak))
    broken[place] = [...new Set([...(broken[place] ?? []), ...Object.keys(breaks)])];
  return broken;
};

const readOnly = { readOnly: true };
const hers = { subject: 'id' };
const personal = (schema: z.ZodType, lake: LakePolicy = 'token') =>
  schema.meta({ personal: { lake, ...(lake === 'clear' ? { reason: 'It is public' } : {}) } });
const states = (...names: [string, ...string[]]) => z.enum(names).default(names[0]).meta(readOnly);
const line = (more: Record<string, z.core.$ZodType> = {}) => z.array(z.object({ sku: z.string(), ...more }));

/** What is changed, the schema before and after, and whom it breaks where. */
type Case = [what: string, before: Schema, after: Schema, broken: Record<string, string[]>];

const SHAPE: Case[] = [
  [
    'a field is removed',
    parcel({ note: z.string() }),
    parcel(),
    { 'parcel.note': ['stored', 'requests', 'answers', 'lake'], 'parcel.version': ['stored'] },
  ],
  [
    'a read-only field is removed: no request had it',
    parcel({ note: z.string().meta(readOnly) }),
    parcel(),
    { 'parcel.note': ['stored', 'answers', 'lake'], 'parcel.version': ['stored'] },
  ],
  [
    'a field is renamed',
    parcel({ note: z.string().optional() }),
    parcel({ remark: z.string().optional() }),
    { 'parcel.note': ['stored', 'requests', 'answers', 'lake'], 'parcel.version': ['stored'] },
  ],
  [
    'a field is renamed and stays the same column',
    parcel({ ownerID: z.string().optional() }),
    parcel({ ownerId: z.string().optional() }),
    { 'parcel.ownerID': ['stored', 'requests', 'answers'], 'parcel.version': ['stored'] },
  ],
  [
    'a field is renamed and its column has another type',
    parcel({ ownerID: z.string().optional() }),
    parcel({ ownerId: z.int().optional() }),
    { 'parcel.ownerID': ['stored', 'requests', 'answers', 'lake'], 'parcel.version': ['stored'] },
  ],
  [
    'a required field is added',
    parcel(),
    parcel({ note: z.string() }),
    { 'parcel.note': ['stored', 'requests'], 'parcel.version': ['stored'] },
  ],
  [
    'a required read-only field is added: no request need have it',
    parcel(),
    parcel({ note: z.string().meta(readOnly) }),
    { 'parcel.note': ['stored'], 'parcel.version': ['stored'] },
  ],
  [
    'an optional field becomes required',
    parcel({ note: z.string().optional() }),
    parcel({ note: z.string() }),
    { 'parcel.note': ['stored', 'requests'], 'parcel.version': ['stored'] },
  ],
  [
    'a default is taken away',
    parcel({ note: z.string().default('') }),
    parcel({ note: z.string() }),
    { 'parcel.note': ['stored', 'requests'], 'parcel.version': ['stored'] },
  ],
  [
    'a required field becomes optional: answers may lack it',
    parcel({ note: z.string() }),
    parcel({ note: z.string().optional() }),
    { 'parcel.note': ['answers'] },
  ],
  [
    'a field becomes read-only',
    parcel({ note: z.string().optional() }),
    parcel({ note: z.string().optional().meta(readOnly) }),
    { 'parcel.note': ['requests'] },
  ],
  [
    'a required field is read-only no more: requests must have it',
    parcel({ note: z.string().meta(readOnly) }),
    parcel({ note: z.string() }),
    { 'parcel.note': ['requests'] },
  ],
  [
    'a field becomes immutable',
    parcel({ note: z.string() }),
    parcel({ note: z.string().meta({ immutable: true }) }),
    { 'parcel.note': ['requests'] },
  ],
  [
    'a unit changes',
    parcel({ weight: z.int().meta({ unit: 'g' }) }),
    parcel({ weight: z.int().meta({ unit: 'kg' }) }),
    { 'parcel.weight': ['stored', 'answers', 'lake'], 'parcel.version': ['stored'] },
  ],
];

const ALL = { 'parcel.x': ['stored', 'requests', 'answers', 'lake'], 'parcel.version': ['stored'] };
const retyped = (
  what: string,
  before: z.core.$ZodType,
  after: z.core.$ZodType,
  broken: Case[3] = ALL,
): Case => [`the type changes: ${what}`, parcel({ x: before }), parcel({ x: after }), broken];
const inItems = (parties: string[]): Case[3] => ({ 'parcel.x[]': parties, 'parcel.version': ['stored'] });

const TYPES: Case[] = [
  retyped('a text becomes a number', z.string(), z.int()),
  retyped('money becomes a number', money(), z.int()),
  retyped('a number becomes money', z.int(), money()),
  retyped('an instant becomes a date', timestamp(), z.iso.date()),
  retyped('a text becomes an instant', z.string(), timestamp()),
  retyped('a value becomes a list', z.string(), z.array(z.string())),
  retyped('a decimal has fewer digits', decimal(10, 2), decimal(8, 2)),
  retyped('a decimal gives whole digits for fractions', decimal(10, 2), decimal(10, 3)),
  retyped('a decimal has more digits: the lake alone', decimal(10, 2), decimal(12, 2), {
    'parcel.x': ['lake'],
  }),
  retyped('a whole number becomes any: the lake alone', z.int(), z.number(), { 'parcel.x': ['lake'] }),
  retyped('any number becomes whole', z.number(), z.int()),
  retyped(
    'an item of a list',
    z.array(z.string()),
    z.array(z.int()),
    inItems(['stored', 'requests', 'answers', 'lake']),
  ),
  retyped('a member of an object in a list', line({ n: z.string() }), line({ n: z.int() }), {
    'parcel.x[].n': ['stored', 'requests', 'answers', 'lake'],
    'parcel.version': ['stored'],
  }),
  retyped('a member of a list is gone', line({ n: z.string() }), line(), {
    'parcel.x[].n': ['stored', 'requests', 'answers', 'lake'],
    'parcel.version': ['stored'],
  }),
  retyped('a member of a list is new and required', line(), line({ n: z.string() }), {
    'parcel.x[].n': ['stored', 'requests'],
    'parcel.version': ['stored'],
  }),
  retyped(
    'a member of a list is new, required, and set by the server, which sees no patch of the list',
    line(),
    line({ n: z.string().meta(readOnly) }),
    { 'parcel.x[].n': ['stored', 'requests'], 'parcel.version': ['stored'] },
  ),
  retyped(
    'a member of a list that no patch changes is new, required, and set by the server',
    line().meta({ immutable: true }),
    line({ n: z.string().meta(readOnly) }).meta({ immutable: true }),
    { 'parcel.x[].n': ['stored'], 'parcel.version': ['stored'] },
  ),
  retyped(
    'a member of what the server sets',
    line({ n: z.string() }).meta(readOnly),
    line({ n: z.int() }).meta(readOnly),
    {
      'parcel.x[].n': ['stored', 'answers', 'lake'],
      'parcel.version': ['stored'],
    },
  ),
];

const FITS = { 'parcel.x': ['stored', 'requests'], 'parcel.version': ['stored'] };
const narrowed = (
  what: string,
  before: z.core.$ZodType,
  after: z.core.$ZodType,
  broken: Case[3] = FITS,
): Case => [`a rule is narrower: ${what}`, parcel({ x: before }), parcel({ x: after }), broken];

const RULES: Case[] = [
  narrowed('a minimal length', z.string(), z.string().min(1)),
  narrowed('a maximal length', z.string().max(9), z.string().max(8)),
  narrowed('one exact length', z.string().max(9), z.string().length(9)),
  narrowed('a minimum', z.int().min(1), z.int().min(2)),
  narrowed('a maximum that was none', z.int(), z.int().max(9)),
  narrowed('a bound that is no longer part', z.number().min(0), z.number().gt(0)),
  narrowed('a bound of whole numbers', z.int().gt(0), z.int().gt(1)),
  narrowed('32 bits', z.int(), z.int32()),
  narrowed('multiples', z.int().multipleOf(2), z.int().multipleOf(4)),
  narrowed('items of a list', z.array(z.int()).max(3), z.array(z.int()).max(2)),
  narrowed('an item', z.array(z.int()), z.array(z.int().min(0)), inItems(['stored', 'requests'])),
  narrowed('an enumeration', z.enum(['a', 'b']), z.enum(['a', 'c'])),
  narrowed('an enumeration of what was free', z.string(), z.enum(['a'])),
  narrowed('a pattern', z.string(), z.string().regex(/^a/)),
  narrowed('another pattern', z.string().regex(/^a/), z.string().regex(/^[ab]/)),
  narrowed('a pattern that minds case', z.string().regex(/^a/i), z.string().regex(/^a/)),
  narrowed('a format', z.string(), z.email()),
  narrowed('a protocol', z.url(), z.url({ protocol: /^https$/ })),
  narrowed(
    'a function',
    z.string(),
    z.string().refine((text) => text !== 'no'),
  ),
  narrowed(
    'another function',
    z.string().refine((text) => text !== 'no'),
    z.string().refine((text) => text > 'a'),
  ),
  narrowed(
    'a function on what may be missing',
    z.string().optional(),
    z
      .string()
      .optional()
      .refine((text) => text !== 'no'),
  ),
  narrowed(
    'a function on an instant',
    timestamp(),
    timestamp().refine((text) => text > '2000'),
  ),
  narrowed('what is trimmed no more', z.string().trim().max(3), z.string().max(3)),
  narrowed('what is trimmed before it is measured', z.string().min(1), z.string().trim().min(1)),
  narrowed('texts taken for numbers no more', z.coerce.number(), z.number()),
  narrowed('what the server sets', z.string().meta(readOnly), z.string().max(3).meta(readOnly), {
    'parcel.x': ['stored'],
    'parcel.version': ['stored'],
  }),
];

const by = (indexes: Options['indexes'], fields: Fields = {}): Schema =>
  parcel({ a: id(), b: id(), ...fields }, { indexes });
const withStates = (options: Options): Schema => parcel({ status: states('new', 'open', 'done') }, options);
const step = (record: object) => record as Record<string, unknown>;
const move = { description: 'Goes on', from: ['new'], to: 'open' };

const LINES = { parts: z.array(z.object({ n: z.int() })) };
const unnested = (view?: string): Schema => parcel(LINES, view ? { unnest: { parts: view } } : {});

const SIDES: Case[] = [
  ['a view of elements is new', unnested(), unnested('parcel_parts'), {}],
  ['a view of elements is gone', unnested('parcel_parts'), unnested(), { 'parcel.unnest.parts': ['lake'] }],
  [
    'a view of elements has another name',
    unnested('parcel_parts'),
    unnested('pieces'),
    { 'parcel.unnest.parts': ['lake'] },
  ],
  [
    'the key changes',
    parcel({ a: id() }, { key: ['a'] }),
    parcel({ a: id(), b: id().optional() }),
    {
      'parcel.key': ['stored', 'requests', 'lake'],
      'parcel.id': ['stored'],
      'parcel.version': ['stored'],
    },
  ],
  ['an index is removed', by({ byA: ['a'] }), by({}), { 'parcel.indexes.byA': ['requests'] }],
  [
    'an index has other fields',
    by({ byA: ['a'] }),
    by({ byA: ['a', 'b'] }),
    { 'parcel.indexes.byA': ['requests'] },
  ],
  [
    'an index is removed, and the other has another sort key',
    by({ byA: ['a', 'b'], alsoByA: ['a'] }),
    by({ alsoByA: ['a'] }),
    { 'parcel.indexes.byA': ['requests'] },
  ],
  [
    'an index is removed, and the other has not all records',
    by({ byA: ['a'], alsoByA: ['a', 'c'] }, { c: id().optional() }),
    by({ alsoByA: ['a', 'c'] }, { c: id().optional() }),
    { 'parcel.indexes.alsoByA': ['requests'] },
  ],
  [
    'an index that has not all records is declared before the one that answered',
    by({ byA: ['a'] }, { c: id().optional() }),
    by({ first: ['a', 'c'], byA: ['a'] }, { c: id().optional() }),
    { 'parcel.indexes.first': ['requests'] },
  ],
  [
    'values become unique',
    parcel({ a: id() }),
    parcel({ a: id() }, { unique: ['a'] }),
    { 'parcel.unique': ['stored', 'requests'] },
  ],
  [
    'a field refers to records',
    by({ byA: ['a'] }),
    parcel(
      { a: id(), b: id() },
      { indexes: { byA: ['a'] }, references: { a: { entity: 'parcel', onDelete: 'refuse' } } },
    ),
    { 'parcel.references.a': ['requests'] },
  ],
  [
    'what refers to a record goes with it',
    parcel(
      { a: id() },
      { indexes: { byA: ['a'] }, references: { a: { entity: 'parcel', onDelete: 'refuse' } } },
    ),
    parcel(
      { a: id() },
      { indexes: { byA: ['a'] }, references: { a: { entity: 'parcel', onDelete: 'cascade' } } },
    ),
    { 'parcel.references.a': ['requests'] },
  ],
  [
    'records expire',
    parcel({ until: timestamp() }),
    parcel({ until: timestamp() }, { expires: 'until' }),
    { 'parcel.expires': ['stored', 'answers'] },
  ],
  [
    'records expire no more',
    parcel({ until: timestamp() }, { expires: 'until' }),
    parcel({ until: timestamp() }),
    { 'parcel.expires': ['stored', 'answers'] },
  ],
  [
    'the plural changes',
    parcel(),
    parcel({}, { plural: 'packages' }),
    { 'parcel.plural': ['requests', 'lake'] },
  ],
  [
    'an action is removed',
    withStates({ actions: { open: move } }),
    withStates({}),
    { 'parcel.actions.open': ['requests'] },
  ],
  [
    'an action leads elsewhere',
    withStates({ actions: { open: move } }),
    withStates({ actions: { open: { ...move, to: 'done' } } }),
    { 'parcel.actions.open': ['requests'] },
  ],
  [
    'an action leads on from fewer states',
    withStates({ actions: { open: { ...move, from: ['new', 'done'] } } }),
    withStates({ actions: { open: move } }),
    { 'parcel.actions.open': ['requests'] },
  ],
  [
    'a state is removed',
    parcel({ status: states('new', 'open') }),
    parcel({ status: states('new') }),
    { 'parcel.status': ['stored'], 'parcel.version': ['stored'] },
  ],
  [
    'fewer may do something',
    parcel({}, { access: { read: ['group:staff', 'scope:parcels.read'] } }),
    parcel({}, { access: { read: ['group:staff'] } }),
    { 'parcel.access.read': ['requests'], 'parcel.access.list': ['requests'] },
  ],
  [
    'fewer see a field',
    parcel({ a: z.string().optional() }, { access: { read: ['authenticated'] } }),
    parcel(
      { a: z.string().optional() },
      { access: { read: ['authenticated'], fields: { a: { read: ['group:staff'] } } } },
    ),
    { 'parcel.access.fields.a.read': ['requests'] },
  ],
  [
    'another field names the owner',
    parcel(
      { a: id().meta({ immutable: true }), b: id().meta({ immutable: true }) },
      { access: { owner: 'a' } },
    ),
    parcel(
      { a: id().meta({ immutable: true }), b: id().meta({ immutable: true }) },
      { access: { owner: 'b' } },
    ),
    { 'parcel.access.owner': ['requests'] },
  ],
  [
    'the version goes back',
    parcel({}, { version: 3 }),
    parcel({}, { version: 2 }),
    { 'parcel.version': ['stored', 'lake'] },
  ],
  [
    'the version is raised without a step',
    parcel({ a: z.string().meta(readOnly).optional() }),
    parcel({ a: z.string().meta(readOnly) }, { version: 2 }),
    { 'parcel.a': ['stored'], 'parcel.version': ['stored'] },
  ],
  [
    'an earlier step is gone',
    parcel({}, { version: 3, upgrade: { 1: step, 2: step } }),
    parcel({}, { version: 3, upgrade: { 2: step } }),
    { 'parcel.upgrade.1': ['stored'] },
  ],
];

const BREAKS = [...SHAPE, ...TYPES, ...RULES, ...SIDES];

describe('a change that breaks', () => {
  test.each(BREAKS)('%s', (_, before, after, broken) => {
    expect(brokenBy(changesOf([before], [after]))).toEqual(broken);
  });

  test('has its file, a reason for each it breaks, and a cure', () => {
    const changes = BREAKS.flatMap(([, before, after]) => changesOf([before], [after]).filter(isBreak));

    for (const { file, breaks = {}, cure = '' } of changes) {
      expect(file).toBe('parcel.ts');
      expect(Math.min(...Object.values(breaks).map(({ length }) => length))).toBeGreaterThan(10);
      expect(cure).toMatch(/^[A-Z].{6}/);
    }
    expect(changes.length).toBeGreaterThan(BREAKS.length);
  });

  test('an entity is removed', () => {
    const changes = changesOf([parcel(), sent()], [sent()]);
    expect(brokenBy(changes)).toEqual({ parcel: ['stored', 'requests', 'lake'] });
    expect(changes).toMatchObject([{ place: 'parcel', file: 'parcel.ts', what: 'the entity is gone' }]);
  });

  test('a field is renamed: the cure guesses the name', () => {
    const [gone] = changesOf([parcel({ note: z.string() })], [parcel({ remark: z.string().optional() })]);
    expect(gone).toMatchObject({ cure: 'Keep it as .optional() beside "remark", and write it no more' });
  });

  test('an entity is renamed: the cure guesses the name', () => {
    const renamed = entity({ name: 'package', description: 'x', fields: { note: z.string() } });
    const gone = changesOf([parcel({ note: z.string() })], [renamed]).find(isBreak);
    expect(gone).toMatchObject({ place: 'parcel', cure: 'Keep it beside "package"' });
  });

  test('an event is removed, or loses or narrows what is reported: clients and lake, nothing is stored', () => {
    const before = sent({ n: z.int(), m: z.int() });
    expect(brokenBy(changesOf([before], []))).toEqual({ sent: ['requests', 'lake'] });
    expect(brokenBy(changesOf([before], [sent({ n: z.int().min(1) })]))).toEqual({
      'sent.m': ['requests', 'lake'],
      'sent.n': ['requests'],
    });
    expect(brokenBy(changesOf([before], [sent({ n: z.int(), m: z.int() }, { plural: 'sendings' })]))).toEqual(
      {
        'sent.plural': ['lake'],
      },
    );
  });

  test('an event has more to report: clients send read-only fields, too', () => {
    const [before, after] = [sent(), sent({ n: z.int().meta(readOnly), m: z.int().optional() })];
    expect(brokenBy(changesOf([before], [after]))).toEqual({ 'sent.n': ['requests'] });
  });

  test('an entity becomes an event of its name', () => {
    const after = event({ name: 'parcel', description: 'x', fields: {} });
    expect(brokenBy(changesOf([parcel()], [after]))).toEqual({
      'parcel.kind': ['stored', 'requests', 'lake'],
    });
  });
});

/** What is changed, and the schema before and after: nobody breaks. */
const ADDS: [what: string, before: Schema, after: Schema][] = [
  ['nothing', parcel({ a: z.string() }), parcel({ a: z.string() })],
  ['the order of fields', parcel({ a: z.string(), b: z.string() }), parcel({ b: z.string(), a: z.string() })],
  [
    'what explains',
    parcel({ a: z.string() }),
    parcel({ a: z.string().meta({ description: 'New', example: 'b' }) }),
  ],
  ['an optional field is added', parcel(), parcel({ note: z.string().optional() })],
  ['a field with a default is added', parcel(), parcel({ note: z.string().default('') })],
  [
    'a whole object with required members is added',
    parcel(),
    parcel({ part: z.object({ n: z.int() }).optional() }),
  ],
  [
    'an optional member of a list is added',
    parcel({ x: line() }),
    parcel({ x: line({ n: z.int().optional() }) }),
  ],
  ['a field gets a default', parcel({ x: z.string() }), parcel({ x: z.string().default('') })],
  ['a value is added to an enumeration', parcel({ x: z.enum(['a']) }), parcel({ x: z.enum(['b', 'a']) })],
  ['an enumeration becomes free', parcel({ x: z.enum(['a']) }), parcel({ x: z.string() })],
  ['one value becomes several', parcel({ x: z.literal('a') }), parcel({ x: z.enum(['b', 'a']) })],
  ['bounds are wider', parcel({ x: z.string().min(2).max(3) }), parcel({ x: z.string().min(1).max(4) })],
  ['a bound becomes part', parcel({ x: z.number().gt(0) }), parcel({ x: z.number().min(0) })],
  ['whole numbers, bounded otherwise', parcel({ x: z.int().gt(0) }), parcel({ x: z.int().min(1) })],
  ['fewer multiples', parcel({ x: z.int().multipleOf(4) }), parcel({ x: z.int().multipleOf(2) })],
  [
    'a rule is dropped',
    parcel({ x: z.email().refine((text) => text !== 'a@b.c') }),
    parcel({ x: z.string() }),
  ],
  ['texts are taken for numbers', parcel({ x: z.number() }), parcel({ x: z.coerce.number() })],
  ['a field may be changed', parcel({ x: z.int().meta({ immutable: true }) }), parcel({ x: z.int() })],
  [
    'clients may set a field',
    parcel({ x: z.int().optional().meta(readOnly) }),
    parcel({ x: z.int().optional() }),
  ],
  ['a field is personal, and in clear', parcel({ x: z.int() }), parcel({ x: personal(z.int(), 'clear') })],
  ['a field is not left out any more', parcel({ x: personal(z.int(), 'drop') }), parcel({ x: z.int() })],
  [
    'a sealed number may be a fraction',
    parcel({ x: personal(z.int()) }, hers),
    parcel({ x: personal(z.number()) }, hers),
  ],
  [
    'it is said whose data records are, and none was sealed',
    parcel({ x: z.int() }),
    parcel({ x: z.int(), y: personal(z.int().optional()) }, hers),
  ],
  ['a number gets a unit', parcel({ x: z.int() }), parcel({ x: z.int().meta({ unit: 'g' }) })],
  ['an index is added', by({}), by({ byA: ['a'] })],
  [
    'an index that has not all records is declared after the one that answers',
    by({ byA: ['a'] }, { c: id().optional() }),
    by({ byA: ['a'], more: ['a', 'c'] }, { c: id().optional() }),
  ],
  [
    'an index goes that another answers',
    by({ byA: ['a'], alsoByA: ['a', 'b'] }),
    by({ alsoByA: ['a', 'b'] }),
  ],
  ['nothing is unique any more', parcel({ a: id() }, { unique: ['a'] }), parcel({ a: id() })],
  ['what is new and may be missing is unique', parcel(), parcel({ a: id().optional() }, { unique: ['a'] })],
  [
    'what is new and may be missing is when it expires',
    parcel(),
    parcel({ until: timestamp().optional() }, { expires: 'until' }),
  ],
  ['an action is added', withStates({}), withStates({ actions: { open: move } })],
  [
    'an action leads on from more states',
    withStates({ actions: { open: move } }),
    withStates({ actions: { open: { ...move, from: ['new', 'done'] } } }),
  ],
  ['more may do something', parcel(), parcel({}, { access: { read: ['authenticated'] } })],
  [
    'a field is for those who see the record',
    parcel({ a: z.string().optional() }),
    parcel({ a: z.string().optional() }, { access: { fields: { a: { read: ['group:staff'] } } } }),
  ],
  [
    'a new field is for some',
    parcel(),
    parcel({ a: z.string().optional() }, { access: { fields: { a: { read: ['group:staff'] } } } }),
  ],
  ['the version is raised', parcel(), parcel({}, { version: 2 })],
  ['an entity is added', sent(), sent()],
];

describe('a change that adds', () => {
  test.each(ADDS)('%s', (_, before, after) => {
    expect(brokenBy(changesOf([before], [after]))).toEqual({});
  });

  test('an entity and an event', () => {
    expect(changesOf([], [parcel(), sent()]).map(({ place, what }) => [place, what])).toEqual([
      ['parcel', 'is a new entity'],
      ['sent', 'is a new event'],
    ]);
  });
});

test('every part of a schema is compared, or is known to matter to nobody', () => {
  const compared = ['kind', 'name', 'plural', 'version', 'key', 'indexes', 'unique', 'references', 'expires'];
  const more = ['unnest', 'upgrade', 'actions', 'access', 'shape', 'fields', 'defaults', 'subject'];
  const explains = ['description', 'erase'];

  expect(Object.keys(parcel()).toSorted()).toEqual([...compared, ...more, ...explains].toSorted());
  expect(Object.keys(sent()).filter((part) => !Object.hasOwn(parcel(), part))).toEqual([]);
});

describe('a version with a step from the one before', () => {
  const before = parcel({ a: z.string(), b: z.string().optional() });
  const raised = { version: 2, upgrade: { 1: step } };

  test('makes legal for stored items what would break them, and for nobody else', () => {
    const after = parcel({ b: z.string().max(3), c: z.int().meta(readOnly) }, raised);

    expect(brokenBy(changesOf([before], [after]))).toEqual({
      'parcel.a': ['requests', 'answers', 'lake'],
      'parcel.b': ['requests'],
    });
  });

  test('is legal all round for what no client sends and no column is', () => {
    const after = parcel({ a: z.string(), b: z.string().optional(), c: z.int().meta(readOnly) }, raised);

    expect(brokenBy(changesOf([before], [after]))).toEqual({});
  });

  test('may come some versions later', () => {
    const after = parcel(
      { a: z.string(), b: z.string().optional(), c: z.int().meta(readOnly) },
      { version: 4, upgrade: { 3: step } },
    );

    expect(brokenBy(changesOf([before], [after]))).toEqual({});
  });

  test('from an earlier version is none', () => {
    const [old, late] = [
      parcel({}, { version: 2 }),
      parcel({ c: z.int().meta(readOnly) }, { version: 3, upgrade: { 1: step } }),
    ];

    expect(brokenBy(changesOf([old], [late]))).toEqual({
      'parcel.c': ['stored'],
      'parcel.version': ['stored'],
    });
  });
});

describe('personal data', () => {
  const cureOf = (before: z.ZodType, after: z.ZodType) =>
    changesOf([parcel({ x: before }, hers)], [parcel({ x: after }, hers)]).map(
      ({ place, what, breaks = {}, cure }) => ({ place, what, breaks: Object.keys(breaks), cure }),
    );

  test.each<[string, z.ZodType, z.ZodType, string, RegExp]>([
    ['sealed', z.string(), personal(z.string()), 'no → token', /Add a field .* or accept it to seal/],
    ['sealed, of another type', z.int(), personal(z.int()), 'no → token', /Add a field of another name/],
    ['unsealed', personal(z.string()), z.string(), 'token → no', /tailrace query --reveal/],
    ['left out', personal(z.string()), personal(z.string(), 'drop'), 'token → drop', /lake: 'token'/],
    ['cut', z.iso.date(), personal(z.iso.date(), 'year'), 'no → year', /Add a field/],
    ['cut otherwise', personal(z.iso.date(), 'year'), personal(z.iso.date(), 'month'), 'year → month', /Add/],
    ['unsealed to a year', personal(z.iso.date()), personal(z.iso.date(), 'year'), 'token → year', /Add/],
  ])('that is %s breaks the lake alone', (_, before, after, what, cure) => {
    expect(cureOf(before, after)).toEqual([
      { place: 'parcel.x', what: `personal: ${what}`, breaks: ['lake'], cure: expect.stringMatching(cure) },
    ]);
  });

  test('inside what is sealed as a whole is no column', () => {
    const whole = (inner: Fields) => parcel({ x: personal(z.object(inner as never)) }, hers);
    const less = changesOf([whole({ a: z.int(), b: z.int().optional() })], [whole({ a: z.int() })]);

    expect(brokenBy(less)['parcel.x.b']).toEqual(['stored', 'requests', 'answers']);
  });

  test('of somebody else breaks the lake, by subject or by owner', () => {
    const of = (options: Options) =>
      parcel(
        { a: id().meta({ immutable: true }), b: id().meta({ immutable: true }), x: personal(z.string()) },
        { indexes: { byA: ['a'], byB: ['b'] }, ...options },
      );
    const owned = of({ access: { owner: 'a' } });

    expect(brokenBy(changesOf([of({ subject: 'a' })], [of({ subject: 'b' })]))).toEqual({
      'parcel.subject': ['lake'],
    });
    expect(brokenBy(changesOf([owned], [of({ access: { owner: 'b' } })]))).toMatchObject({
      'parcel.subject': ['lake'],
    });
    expect(changesOf([owned], [of({ access: { owner: 'a' }, subject: 'a' })])).toEqual([]);
  });

  test('of an event belongs to whom the event says', () => {
    const of = (subject: string) =>
      event({
        name: 'sent',
        description: 'Something was sent',
        subject,
        fields: { a: id(), b: id(), x: personal(z.string()) },
      });

    expect(brokenBy(changesOf([of('a')], [of('b')]))).toEqual({ 'sent.subject': ['lake'] });
  });

  test('that was in clear may not come back as it was under another type', () => {
    const retired = { parcel: { x: ['integer'] } };

    expect(
      brokenBy(changesOf([parcel()], [parcel({ x: personal(z.int().optional()) }, hers)], { retired })),
    ).toEqual({ 'parcel.x': ['lake'] });
  });
});

describe('what is worth knowing', () => {
  const noticesOf = (before: Schema, after: Schema) =>
    changesOf([before], [after]).flatMap(({ place, notice }) =>
      notice === undefined ? [] : [[place, notice]],
    );

  test('more may do something', () => {
    expect(
      noticesOf(
        parcel(),
        parcel({}, { access: { delete: ['authenticated'], read: ['authenticated'], list: ['group:staff'] } }),
      ),
    ).toEqual([
      ['parcel.access.delete', 'more may do this than before'],
      ['parcel.access.read', 'more may do this than before'],
    ]);
  });

  test('what was personal may be logged', () => {
    expect(noticesOf(parcel({ x: personal(z.int(), 'clear') }), parcel({ x: z.int() }))).toEqual([
      ['parcel.x', 'from now on it may be logged'],
    ]);
  });

  test('erasing a person does something else', () => {
    const kept = parcel({ x: personal(z.string().optional()) }, { ...hers, erase: 'anonymise' });
    const gone = parcel({ x: personal(z.string().optional()) }, hers);

    expect(noticesOf(gone, kept)).toEqual([['parcel.erase', 'erasing a person leaves the record']]);
    expect(noticesOf(kept, gone)).toEqual([
      ['parcel.erase', 'erasing a person deletes the record, and whatever is counted by it'],
    ]);
    expect(noticesOf(kept, kept)).toEqual([]);
  });

  test('records begin in another state', () => {
    const begins = (first: string) => parcel({ state: z.enum(['new', 'open']).default(first as 'new') });
    expect(noticesOf(begins('new'), begins('open'))).toEqual([
      ['parcel.state', 'records begin as something else'],
    ]);
  });

  test('a nested field with a default is in what is written from now on; a field of the record is read at once', () => {
    const box = (more: object) => parcel({ box: z.object({ a: z.string(), ...more }) });
    expect(noticesOf(box({}), box({ x: z.int().default(0) }))).toEqual([
      ['parcel.box.x', 'records of before are without it until they are written again'],
    ]);
    expect(noticesOf(parcel(), parcel({ x: z.int().default(0) }))).toEqual([]);
  });

  test('an index over a new field has no items yet, and two indexes are two deployments', () => {
    expect(
      noticesOf(parcel({ a: id() }), parcel({ a: id(), b: id().optional() }, { indexes: { byB: ['b'] } })),
    ).toEqual([['parcel.indexes.byB', 'items are in it once they are written with b']]);
    expect(noticesOf(by({}), by({ byA: ['a'], byB: ['b'] })).map(([place]) => place)).toEqual([
      'parcel.indexes.byA',
      'parcel.indexes.byB',
    ]);
  });
});

describe('a column that no schema has any more', () => {
  const retired = { parcel: { note: ['string'], 'lines[].n': ['integer'], part: ['string'] } };
  const clashesOf = (fields: Fields) => brokenBy(changesOf([parcel()], [parcel(fields)], { retired }));

  test('may come back as it was', () => {
    const fields = {
      note: z.string().optional(),
      lines: z.array(z.object({ n: z.int(), m: z.string() })).optional(),
    };
    expect(clashesOf(fields)).toEqual({});
  });

  test('may not come back as something else', () => {
    expect(clashesOf({ note: z.int().optional() })).toEqual({ 'parcel.note': ['lake'] });
    expect(clashesOf({ lines: z.array(z.object({ n: z.string() })).optional() })).toEqual({
      'parcel.lines[].n': ['lake'],
    });
    expect(clashesOf({ lines: z.object({ n: z.int() }).optional() })).toEqual({ 'parcel.lines.n': ['lake'] });
    expect(clashesOf({ part: z.object({ n: z.int() }).optional() })).toEqual({ 'parcel.part.n': ['lake'] });
    expect(clashesOf({ lines: z.int().optional() })).toEqual({ 'parcel.lines': ['lake'] });
  });

  test('is remembered when its whole entity comes back', () => {
    expect(brokenBy(changesOf([], [parcel({ note: z.int() })], { retired }))).toEqual({
      'parcel.note': ['lake'],
    });
  });
});
