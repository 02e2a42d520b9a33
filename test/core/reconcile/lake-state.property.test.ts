import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeRow } from '../../../core/lake/change-row.ts';
import { changeColumns, type Column } from '../../../core/lake/columns.ts';
import { createTable } from '../../../core/lake/curated/ddl.ts';
import { curatedTables } from '../../../core/lake/curated/tables.ts';
import { parseHiveType, type HiveType } from '../../../core/lake/hive-type.ts';
import { logTable, projection } from '../../../core/lake/log-table.ts';
import { bucketOf, createSums, digestOf, stateText, type Sums } from '../../../core/reconcile/digest.ts';
import { keyOfItem, keyRow } from '../../../core/reconcile/key.ts';
import { bucketsQuery, rowsQuery, type LakeQuestion } from '../../../core/reconcile/lake-state.ts';
import { keyText, rowText, type LakeRow } from '../../../core/reconcile/record.ts';
import { decimal, entity, money, timestamp, z } from '../../../core/schema/index.ts';
import { openLake, parquetTable, run, type Lake } from '../../local/athena/lake.ts';

const thing = entity({
  name: 'thing',
  description: 'One field of each type there is',
  key: ['team', 'at'],
  fields: {
    team: z.string().min(1),
    at: timestamp(),
    text: z.string().optional(),
    flag: z.boolean().optional(),
    whole: z.int().optional(),
    real: z.number().optional(),
    day: z.iso.date().optional(),
    price: money().optional(),
    exact: decimal(12, 3).optional(),
    list: z.array(z.object({ name: z.string(), seen: timestamp().optional(), numbers: z.array(z.int()) })),
    nested: z.object({ deeper: z.object({ text: z.string().optional() }).optional() }).optional(),
  },
});

const place = { database: 'shop', bucket: 'lake' };
const columns = Object.fromEntries(changeColumns(thing).map(({ name, type }) => [name, type]));
let lake: Lake;

beforeAll(async () => {
  const log = logTable(thing);
  lake = await openLake([
    parquetTable(log.name, columns, {
      keys: { dt: 'string' },
      location: `s3://lake/${log.prefix}`,
      parameters: projection(log, 'lake'),
    }),
  ]);
  for (const table of curatedTables(thing)) await run(lake, createTable(table, place));
});

afterAll(() => lake.destroy());

const DUCK: Readonly<Record<string, string>> = { string: 'VARCHAR', timestamp: 'TIMESTAMP_MS' };

const duckType = (type: HiveType): string => {
  if (type.kind === 'array') return `${duckType(type.items)}[]`;
  if (type.kind === 'scalar') return DUCK[type.name] ?? type.name;
  return `STRUCT(${type.members.map((one) => `"${one.name}" ${duckType(one.type)}`).join(', ')})`;
};

const reader = (file: string, all: readonly Column[]): string =>
  `SELECT * FROM read_json('${file}', format = 'newline_delimited', columns = {${all
    .map(({ name, type }) => `'${name}': '${duckType(parseHiveType(type))}'`)
    .join(', ')}})`;

/** Puts rows, as the relay writes them, into the log as a file of its own. */
const deliver = async (name: string, rows: readonly string[]): Promise<void> => {
  const file = join(lake.dataDir, `${name}.ndjson`);
  writeFileSync(file, rows.join('\n'));
  await lake.write(`${logTable(thing).prefix}dt=2026-01-02/${name}`, reader(file, changeColumns(thing)));
};

const instant = fc
  .date({ min: new Date('1700-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
  .map((date) => ({ S: date.toISOString() }));
const text = fc.string({ unit: 'grapheme' }).map((S) => ({ S }));
const number = (arbitrary: fc.Arbitrary<number>) => arbitrary.map((N) => ({ N: String(N) }));
const item = fc.record(
  {
    team: fc.string({ unit: 'grapheme', minLength: 1 }).map((S) => ({ S })),
    at: instant,
    version: number(fc.integer({ min: 1, max: 9 })),
    createdAt: instant,
    updatedAt: instant,
    list: fc
      .array(
        fc.record(
          { name: text, seen: instant, numbers: fc.array(number(fc.maxSafeInteger())).map((L) => ({ L })) },
          { requiredKeys: ['name', 'numbers'] },
        ),
        { maxLength: 3 },
      )
      .map((all) => ({ L: all.map((M) => ({ M })) })),
    text,
    flag: fc.boolean().map((BOOL) => ({ BOOL })),
    whole: number(fc.maxSafeInteger()),
    real: number(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
    day: instant.map(({ S }) => ({ S: S.slice(0, 10) })),
    price: fc.maxSafeInteger().map((N) => ({ M: { amount: { N: String(N) }, currency: { S: 'EUR' } } })),
    exact: fc
      .tuple(fc.boolean(), fc.nat(999_999_999), fc.option(fc.nat(999), { nil: undefined }))
      .map(([minus, whole, part]) => ({
        S: `${minus ? '-' : ''}${whole}${part === undefined ? '' : `.${part}`}`,
      })),
    nested: fc.constantFrom({ M: {} }, { M: { deeper: { M: { text: { S: 'x' } } } } }),
  },
  { requiredKeys: ['team', 'at', 'version', 'createdAt', 'updatedAt', 'list'] },
);

const items = fc
  .uniqueArray(item, { minLength: 300, maxLength: 300, selector: ({ team, at }) => `${team.S}@${at.S}` })
  .map((all) => all as unknown as readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[]);

type Items = ReturnType<typeof sample>;
const sample = () => fc.sample(items, { numRuns: 1, seed: 7 })[0]!;

const toRow = changeRow(thing);

const rowOf = (image: Items[number], position: number, change = {}): string => {
  const record = {
    eventID: `e${position}`,
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: String(1000 + position),
      ApproximateCreationDateTime: 1_795_000_000,
      NewImage: image,
      ...change,
    },
  };
  const row = toRow(record);
  if (!row.ok) throw new Error(JSON.stringify(row.issues));
  return row.json;
};

const key = keyText(thing);

const sumsOf = (states: readonly { key: string; state: string }[]): Sums => {
  const { add, sums } = createSums();
  for (const one of states)
    add(bucketOf(one.key), { count: 1, digest: digestOf(stateText(one.key, one.state)) });
  return sums;
};

const asked = async (question: LakeQuestion): Promise<Sums> => {
  const { rows } = await run(lake, bucketsQuery(question));
  const { add, sums } = createSums();
  for (const [bucket = '', count, digest = ''] of rows)
    add(bucket, { count: Number(count), digest: BigInt(digest) });
  return sums;
};

const TAIL = { day: '2026-01-01', merged: [] };
const question = { entity: thing, place, tail: TAIL, deep: false };

describe('sums of records of every type', () => {
  test('are the same here and in Athena: of versions, and of all that records hold', async () => {
    const images = sample();
    const rows = images.map((image, position) => rowOf(image, position));
    await deliver('all', rows);

    const versions = images.map((image) => ({
      key: key.text(keyRow(thing, keyOfItem(thing, image))),
      state: String(image.version?.N),
    }));
    const whole = rowText(thing);
    const contents = rows.map((row, position) => ({
      key: versions[position]!.key,
      state: whole.text(JSON.parse(row) as LakeRow),
    }));

    expect(await asked(question)).toEqual(sumsOf(versions));
    expect(await asked({ ...question, deep: true })).toEqual(sumsOf(contents));
  });
});

describe('the rows of a bucket', () => {
  test('say what the lake has last of each key, also of those that were removed', async () => {
    const [first] = sample();
    const removal = toRow({
      eventID: 'r',
      eventName: 'REMOVE',
      dynamodb: {
        SequenceNumber: '9000',
        ApproximateCreationDateTime: 1_795_000_100,
        OldImage: first!,
      },
    });
    await deliver('removal', [removal.ok ? removal.json : '']);
    const own = key.text(keyRow(thing, keyOfItem(thing, first!)));
    const find = async (asOf?: string) => {
      const { rows } = await run(lake, rowsQuery({ ...question, asOf }, [bucketOf(own)]));
      return rows.find(([found]) => found === own)?.slice(1);
    };

    expect(await find()).toEqual([
      'remove',
      '9000'.padStart(40, '0'),
      String(Number(first!.version?.N) + 1),
      expect.any(String),
      'true',
      first!.team?.S,
      String(first!.at?.S).replace('T', ' ').replace('Z', ''),
    ]);
    expect((await find('2026-11-18T11:06:40.000Z'))?.[0]).toBe('insert');
  });
});
