import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSchemas } from '../../../core/schema/load.ts';

const core = pathToFileURL(join(import.meta.dirname, '../../../core/schema/index.ts')).href;

let root: string;
let folders = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tailrace-schemas-'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

const folderOf = async (files: Record<string, string>): Promise<string> => {
  folders += 1;
  const folder = join(root, `case-${folders}-`);
  const made = await mkdtemp(folder);
  for (const [name, body] of Object.entries(files))
    await writeFile(
      join(made, name),
      `import { decimal, entity, event, id, money, timestamp, z } from '${core}';\n${body}\n`,
    );
  return made;
};

const messageOf = async (files: Record<string, string>): Promise<string> => {
  try {
    await loadSchemas(await folderOf(files));
  } catch (error) {
    expect((error as Error).name).toBe('SchemaError');
    return (error as Error).message;
  }
  throw new Error('The schema was taken');
};

const inEntity = (fields: string, options = ''): Record<string, string> => ({
  'coupon.ts': `export const coupon = entity({ name: 'coupon', description: 'A discount', fields: { ${fields} }, ${options} });`,
});

const inEvent = (fields: string): Record<string, string> => ({
  'searched.ts': `export const searched = event({ name: 'searched', description: 'A search', fields: { ${fields} } });`,
});

test('a right schema loads, so that the cases below fail for their own reason', async () => {
  const folder = await folderOf(
    inEntity(
      'code: z.string().min(1), discount: z.int(), price: money(), rate: decimal(9, 4), ownerId: id(), endsAt: timestamp()',
      "indexes: { byCode: ['code'] }",
    ),
  );

  const schemas = await loadSchemas(folder);

  expect(schemas.map(({ name }) => name)).toEqual(['coupon']);
});

/** What is wrong, the files, and what the message must say: where, what, and the cure. */
const CASES: [string, Record<string, string>, string[]][] = [
  [
    'an unknown option',
    inEntity('code: z.string()', 'colour: 1'),
    ['coupon: ', 'unknown option "colour"', 'Known options are name,', 'indexes'],
  ],
  [
    'an option of the wrong type',
    inEntity('code: z.string()', 'version: 0'),
    ['coupon.version: ', 'Correct the option'],
  ],
  [
    'a name that is not snake case',
    { 'coupon.ts': "export const c = entity({ name: 'Coupon', description: 'x', fields: {} });" },
    ['Coupon.name: ', 'must be lower snake case'],
  ],
  [
    'an unknown meta',
    inEntity('code: z.string().meta({ secret: true })'),
    ['coupon.code: ', 'unknown meta "secret"', 'Known are description, readOnly, immutable, personal'],
  ],
  [
    'an unknown meta in a nested field',
    inEntity('parts: z.array(z.object({ code: z.string().meta({ secret: true }) }))'),
    ['coupon.parts[].code: ', 'unknown meta "secret"'],
  ],
  [
    'personal data of nobody',
    inEntity('code: z.string().meta({ personal: true })'),
    ['coupon.code: ', 'nothing says whose data it is', 'Add subject'],
  ],
  [
    'an index on a missing field',
    inEntity('code: z.string().min(1)', "indexes: { byCod: ['cod'] }"),
    ['coupon.indexes.byCod: ', 'there is no field "cod"', 'Use one of id, code, version'],
  ],
  [
    'an index whose key may be empty',
    inEntity('code: z.string()', "indexes: { byCode: ['code'] }"),
    ['coupon.indexes.byCode: ', '"code" may be empty', 'Add .min(1) to "code"'],
  ],
  [
    'an index on a list',
    inEntity('codes: z.array(z.string())', "indexes: { byCodes: ['codes'] }"),
    ['coupon.indexes.byCodes: ', 'of type array, which cannot be a key'],
  ],
  [
    'an action on a missing field',
    inEntity('code: z.string()', "actions: { use: { description: 'x', from: ['new'], to: 'used' } }"),
    ['coupon.actions.use: ', 'there is no field "status"', 'Set field'],
  ],
  [
    'an action to an unknown state',
    inEntity(
      "status: z.enum(['new', 'used']).meta({ readOnly: true })",
      "actions: { use: { description: 'x', from: ['new'], to: 'gone' } }",
    ),
    ['coupon.actions.use: ', '"gone" is no state', 'Use one of new, used'],
  ],
  [
    'an action of a field that clients set',
    inEntity(
      "phase: z.enum(['new', 'used'])",
      "actions: { use: { description: 'x', field: 'phase', from: ['new'], to: 'used' } }",
    ),
    ['coupon.actions.use: ', 'a client could set "phase"', '.meta({ readOnly: true })'],
  ],
  [
    'an action of a field without states',
    inEntity(
      'phase: z.string().meta({ readOnly: true })',
      "actions: { use: { description: 'x', field: 'phase', from: ['new'], to: 'used' } }",
    ),
    ['coupon.actions.use: ', '"phase" is no list of states', 'z.enum'],
  ],
  [
    'an action of a state no record begins in',
    inEntity(
      "phase: z.enum(['new', 'used']).meta({ readOnly: true })",
      "actions: { use: { description: 'x', field: 'phase', from: ['new'], to: 'used' } }",
    ),
    ['coupon.phase: ', 'no state is the first one of a new record', ".default('new')"],
  ],
  [
    'an action of a state that may be missing',
    inEntity(
      "phase: z.enum(['new', 'used']).optional().meta({ readOnly: true })",
      "actions: { use: { description: 'x', field: 'phase', from: ['new'], to: 'used' } }",
    ),
    ['coupon.actions.use: ', '"phase" is no list of states', 'required z.enum'],
  ],
  [
    'an action that begins in an unknown state',
    inEntity(
      "phase: z.enum(['new', 'used']).default('newer').meta({ readOnly: true })",
      "actions: { use: { description: 'x', field: 'phase', from: ['new'], to: 'used' } }",
    ),
    ['coupon.phase: ', '"newer" is no state', ".default('new')"],
  ],
  [
    'an action every entity has',
    inEntity(
      "status: z.enum(['new', 'used']).meta({ readOnly: true })",
      "actions: { delete: { description: 'x', from: ['new'], to: 'used' } }",
    ),
    ['coupon.actions.delete: ', 'can delete already', 'another name'],
  ],
  [
    'a unique field that is not there',
    inEntity('code: z.string()', "unique: ['cod']"),
    ['coupon.unique: ', 'there is no field "cod"', 'Use one of id, code'],
  ],
  [
    'a unique list',
    inEntity('codes: z.array(z.string())', "unique: ['codes']"),
    ['coupon.unique: ', 'of type array', 'Use a text'],
  ],
  [
    'an upgrade that leads nowhere',
    inEntity('code: z.string()', 'version: 2, upgrade: { 2: (record) => record }'),
    ['coupon.upgrade.2: ', 'the schema is of version 2', 'Set version to 3'],
  ],
  [
    'an upgrade that is no function',
    inEntity('code: z.string()', 'version: 2, upgrade: { 1: true }'),
    ['coupon.upgrade.1: ', 'must be a function of a record'],
  ],
  [
    'an expiry that is no time',
    inEntity('endsOn: z.iso.date()', "expires: 'endsOn'"),
    ['coupon.expires: ', '"endsOn" is of type date', 'Name a timestamp() field'],
  ],
  [
    'a reference from a field that is not there',
    inEntity('code: id()', "references: { ownerId: { entity: 'coupon', onDelete: 'refuse' } }"),
    ['coupon.references.ownerId: ', 'there is no field "ownerId"', 'Use one of id, code'],
  ],
  [
    'a reference no index finds',
    inEntity('ownerId: id()', "references: { ownerId: { entity: 'coupon', onDelete: 'refuse' } }"),
    ['coupon.references.ownerId: ', 'no index finds', "indexes: { byOwnerId: ['ownerId'] }"],
  ],
  [
    'a reference whose index misses records',
    inEntity(
      'ownerId: id(), place: z.int().optional()',
      "indexes: { byOwner: ['ownerId', 'place'] }, references: { ownerId: { entity: 'coupon', onDelete: 'cascade' } }",
    ),
    ['coupon.references.ownerId: ', 'no index finds every record by "ownerId"', "byOwnerId: ['ownerId']"],
  ],
  [
    'a reference that ends otherwise',
    inEntity(
      'ownerId: id()',
      "indexes: { byOwner: ['ownerId'] }, references: { ownerId: { entity: 'coupon', onDelete: 'forget' } }",
    ),
    ['coupon.references.ownerId.onDelete: ', 'refuse', 'cascade'],
  ],
  [
    'a reference to no entity',
    inEntity(
      'ownerId: id()',
      "indexes: { byOwner: ['ownerId'] }, references: { ownerId: { entity: 'owner', onDelete: 'refuse' } }",
    ),
    ['coupon.references.ownerId: ', 'there is no entity "owner"', 'Use one of coupon'],
  ],
  [
    'a reference from what expires',
    inEntity(
      'ownerId: id(), until: timestamp()',
      "indexes: { byOwner: ['ownerId'] }, expires: 'until', references: { ownerId: { entity: 'coupon', onDelete: 'refuse' } }",
    ),
    ['coupon.references.ownerId: ', 'its records expire', 'Leave out references or expires'],
  ],
  [
    'an optional key',
    inEntity('code: z.string().min(1).optional()', "key: ['code']"),
    ['coupon.key: ', '"code" is optional', 'leave out .optional()'],
  ],
  [
    'the name of a table of the deployment itself',
    {
      'it.ts':
        "export const it = entity({ name: 'insights', plural: 'ideas', description: 'An idea', fields: {} });",
    },
    ['insights.name: ', '"insights" is a table of the deployment itself', 'Choose another name'],
  ],
  [
    'a reserved name of every record',
    inEntity('version: z.int()'),
    ['coupon.version: ', '"version" is a reserved name', 'Rename the field'],
  ],
  [
    'a name that change rows have themselves',
    inEntity('changeTime: z.string()'),
    ['coupon.changeTime: ', '"changeTime" is a reserved name', 'Rename the field'],
  ],
  [
    'a name that event rows have themselves',
    inEvent('eventTime: timestamp()'),
    ['searched.eventTime: ', '"eventTime" is a reserved name', 'Rename the field'],
  ],
  [
    'a word that Athena reserves',
    inEntity('order: z.string()'),
    ['coupon.order: ', '"order" is a reserved column name in Athena', 'Rename the field'],
  ],
  [
    'a reserved word below',
    inEntity('part: z.object({ select: z.string() })'),
    ['coupon.part.select: ', '"select" is a reserved column name'],
  ],
  [
    'a field that every JavaScript object has',
    inEntity('constructor: z.string()'),
    ['coupon.constructor: ', 'means something else to JavaScript', 'Rename the field'],
  ],
  [
    'a field name with an underscore',
    inEntity('unit_price: z.int()'),
    ['coupon.unit_price: ', 'a field name is camelCase letters and digits', 'Rename the field'],
  ],
  [
    'two fields of one column',
    inEntity('priceUSD: z.int(), priceUsd: z.int()'),
    ['coupon.priceUsd: ', '"priceUsd" and "priceUSD" would both be the column "price_usd"', 'Rename one'],
  ],
  [
    'z.record',
    inEntity('labels: z.record(z.string(), z.string())'),
    ['coupon.labels: ', 'cannot hold the type record', 'z.array(z.object({ key, value }))'],
  ],
  [
    'z.map',
    inEntity('labels: z.map(z.string(), z.string())'),
    ['coupon.labels: ', 'cannot hold the type map', 'z.array(z.object({ key, value }))'],
  ],
  ['z.set', inEntity('tags: z.set(z.string())'), ['coupon.tags: ', 'the type set', 'Use z.array()']],
  [
    'z.union',
    inEntity('code: z.union([z.string(), z.int()])'),
    ['coupon.code: ', 'the type union', 'an optional field for each case'],
  ],
  [
    'nullable',
    inEntity('code: z.string().nullable()'),
    ['coupon.code: ', 'the type nullable', 'Use .optional()'],
  ],
  ['z.date', inEntity('until: z.date()'), ['coupon.until: ', 'the type date', 'Use timestamp()']],
  ['z.bigint', inEntity('code: z.bigint()'), ['coupon.code: ', 'the type bigint', 'decimal(38, 0)']],
  ['z.any', inEntity('code: z.any()'), ['coupon.code: ', 'the type any', 'Use a string, number, boolean']],
  [
    'a transform',
    inEntity('code: z.string().transform((text) => text.length)'),
    ['coupon.code: ', 'the type pipe', 'keep the stored type only'],
  ],
  [
    'a pipe',
    inEntity('code: z.string().pipe(z.string())'),
    ['coupon.code: ', 'the type pipe', 'keep the stored type only'],
  ],
  [
    'z.iso.datetime',
    inEntity('until: z.iso.datetime()'),
    ['coupon.until: ', 'not kept in one precision', 'Use timestamp()'],
  ],
  ['z.iso.time', inEntity('until: z.iso.time()'), ['coupon.until: ', 'no column type', 'Use z.string()']],
  [
    'an object with any other keys',
    inEntity('part: z.looseObject({ code: z.string() })'),
    ['coupon.part: ', 'unknown keys would be dropped', 'Use z.object()'],
  ],
  [
    'an optional element',
    inEntity('codes: z.array(z.string().optional())'),
    ['coupon.codes[]: ', 'an array element cannot be optional', 'Leave missing elements out'],
  ],
  [
    'an enumeration of numbers',
    inEntity('code: z.literal([1, 2])'),
    ['coupon.code: ', 'only text values can be enumerated', 'Use z.enum() of strings'],
  ],
];

test.each(CASES)(
  '%s is refused: the message names the file, the place and the cure',
  async (_, files, said) => {
    const message = await messageOf(files);

    expect(message).toContain(Object.keys(files)[0]);
    for (const part of said) expect(message).toContain(part);
  },
);

test('a decimal of impossible digits is refused', async () => {
  const folder = await folderOf(inEntity('rate: decimal(39, 2)'));

  await expect(loadSchemas(folder)).rejects.toThrow('decimal(39, 2): precision is 1 to 38');
});

const couponAs = (declaration: string): string => `export const made = ${declaration};`;

test.each([
  ['of one name', "event({ name: 'coupon', description: 'x', fields: {} })", '"coupon"'],
  ["of another's plural", "event({ name: 'coupons', description: 'x', fields: {} })", '"coupons"'],
  [
    "of another's change log",
    "event({ name: 'coupons_changes', description: 'x', fields: {} })",
    '"coupons_changes"',
  ],
])('two schemas %s are refused', async (_, declaration, claimed) => {
  const files = { ...inEntity('code: z.string()'), 'other.ts': couponAs(declaration) };

  const message = await messageOf(files);

  expect(message).toContain('other.ts: ');
  expect(message).toContain(`the name ${claimed} is taken by another schema`);
  expect(message).toContain('Rename one, or set plural');
});

test('a file without a schema is refused by name', async () => {
  const message = await messageOf({ ...inEntity('code: z.string()'), 'helper.ts': 'export const two = 2;' });

  expect(message).toMatch(
    /helper\.ts: .*exports no entity\(\) and no event\(\)\. Export one, or move the file out/,
  );
});

test('an empty folder is refused', async () => {
  const message = await messageOf({});

  expect(message).toContain('has no schema file');
});
