import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ledgerKey, versionName } from '../../../../core/insights/table.ts';
import { publishInsight } from '../../../../functions/shared/insights/publish.ts';
import {
  insightStore,
  type InsightStore,
  type StoredItem,
} from '../../../../functions/shared/insights/store.ts';
import { schemas } from '../../../../schemas/index.ts';
import { crashingStore } from '../../api/crashing-store.ts';
import { call, startHarness, type Harness } from '../../api/harness.ts';
import { COLUMNS, insightOf, martOf, NOW, portsOf } from '../../insights.ts';

const NEXT_DAY = Math.ceil(NOW.getTime() / 1000) + 24 * 60 * 60;

let harness: Harness;
let real: InsightStore;
const publish = (name: string, version: string, count: number, store = real) =>
  publishInsight(portsOf(harness, store), insightOf(name, version, count));

/** What a reader sees of an insight from its first page to its last. */
const reader = (name: string) => {
  const api = harness.api({ queries: [martOf(name)], clock: { now: () => NOW } });
  return async (cursor?: string) => {
    const query = cursor === undefined ? '' : `cursor=${cursor}`;
    const { status, body } = await call(api, { path: `/insights/${name}`, query });
    expect(status).toBe(200);
    return body as { version: string; rows: number; cursor?: string; items: object[] };
  };
};

const wholeOf = async (name: string) => {
  const read = reader(name);
  const first = await read();
  const items = [...first.items];
  for (let { cursor } = first; cursor !== undefined;) {
    const page = await read(cursor);
    items.push(...page.items);
    ({ cursor } = page);
  }
  return { version: first.version, rows: first.rows, items };
};

/** The whole of a version. */
const versionOf = (version: string, rows: number) => ({
  version,
  rows,
  items: Array.from({ length: rows }, (_, index) => ({ n: index + 1, version })),
});

/** Every item under a name of the table. */
const itemsUnder = (name: string): Promise<StoredItem[]> =>
  Array.fromAsync(
    paginateQuery(
      { client: harness.client },
      {
        TableName: harness.names.insights,
        KeyConditionExpression: '#name = :name',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: { ':name': { S: name } },
        ConsistentRead: true,
      },
    ),
    ({ Items = [] }) => Items,
  ).then((pages) => pages.flat());

/** Expiry of each page of a version but the first, undefined for one that stays. */
const expiriesOf = async (name: string, version: string) =>
  (await itemsUnder(versionName(name, version))).map(({ expiresAt }) => expiresAt?.N && Number(expiresAt.N));

const notedOf = async (name: string) =>
  (await real.get({ TableName: harness.names.insights, Key: ledgerKey(name) }))?.versions?.SS;

beforeAll(async () => {
  harness = await startHarness(schemas);
  real = insightStore(harness.client);
});
afterAll(() => harness.close());

describe('a published answer', () => {
  it('is the one readers see, whole', async () => {
    expect(await publish('plain', '1', 250)).toEqual({ current: '1', rows: 250 });
    expect(await wholeOf('plain')).toEqual(versionOf('1', 250));
  });

  it('takes as many writes as its pages need', async () => {
    const counted = crashingStore(real, Infinity, 'before');
    await publish('large', '1', 5200, counted.store);

    // Which is current, a note, 51 pages in three batches, the head.
    expect(counted.calls()).toBe(2 + 3 + 1);
    expect(await wholeOf('large')).toEqual(versionOf('1', 5200));
  });

  it('lets the pages of the one before expire in a day, and keeps its own', async () => {
    await publish('daily', '1', 250);
    await publish('daily', '2', 150);

    expect(await expiriesOf('daily', '1')).toEqual([NEXT_DAY, NEXT_DAY]);
    expect(await expiriesOf('daily', '2')).toEqual([undefined]);
    expect(await notedOf('daily')).toEqual(['2']);
  });

  it('leaves no page behind when nothing had more than one', async () => {
    for (const version of ['1', '2', '3']) await publish('small', version, 3);

    expect((await itemsUnder('small')).map(({ page }) => page?.S)).toEqual(['head', 'versions']);
    for (const version of ['1', '2', '3']) expect(await expiriesOf('small', version)).toEqual([]);
    expect(await wholeOf('small')).toEqual(versionOf('3', 3));
  });

  it('is not read again when it is published again', async () => {
    await publish('twice', '1', 150);
    const rows = {
      // oxlint-disable-next-line require-yield -- it fails at its first row
      async *[Symbol.asyncIterator](): AsyncGenerator<string[]> {
        throw new Error('nobody may read this');
      },
    };
    const again = await publishInsight(portsOf(harness), { ...insightOf('twice', '1', 0), rows });

    expect(again).toEqual({ current: '1', rows: undefined });
    expect(await wholeOf('twice')).toEqual(versionOf('1', 150));
    expect(await expiriesOf('twice', '1')).toEqual([undefined]);
  });

  it('never gives way to an earlier one', async () => {
    await publish('order', '2', 150);

    expect(await publish('order', '1', 250)).toEqual({ current: '2', rows: undefined });
    expect(await wholeOf('order')).toEqual(versionOf('2', 150));
    expect(await expiriesOf('order', '1')).toEqual([]);
  });

  it('is refused before anything is written when JSON has no place for its columns', async () => {
    const insight = { ...insightOf('wrong', '1', 1), columns: [{ name: 'lines', type: 'array' }] };

    await expect(publishInsight(portsOf(harness), insight)).rejects.toThrow('wrong.sql, column "lines"');
    await expect(publish('wrong', 'a#1', 1)).rejects.toThrow('"a#1" is no version of an insight');
    expect(await itemsUnder('wrong')).toEqual([]);
  });

  it('may have texts of any characters, and NULL', async () => {
    const texts = ['', 'ä€😀\u0000"\\', undefined];
    const rows = (async function* () {
      for (const text of texts) yield ['1', text];
    })();
    await publishInsight(portsOf(harness), { ...insightOf('texts', '1', 0), columns: COLUMNS, rows });

    expect((await wholeOf('texts')).items).toEqual(texts.map((text) => ({ n: 1, version: text ?? null })));
  });

  it('may have pages as large as pages get', async () => {
    const text = 'ä'.repeat(130_000);
    const rows = (async function* () {
      for (let n = 1; n <= 28; n += 1) yield [String(n), text];
    })();
    await publishInsight(portsOf(harness), { ...insightOf('wide', '1', 0), rows });

    expect((await wholeOf('wide')).items).toEqual(
      Array.from({ length: 28 }, (_, index) => ({ n: index + 1, version: text })),
    );
  });
});

describe('a process that dies', () => {
  it('after any call to the table leaves a whole version, and the next goes on', async () => {
    const { calls, store } = crashingStore(real, Infinity, 'after');
    await publish('counted', '1', 250);
    await publish('counted', '2', 250, store);
    expect(calls()).toBe(8);

    for (const next of ['2', '3'])
      for (let at = 1; at <= calls(); at += 1) {
        const name = `crash_${next}_${at}`;
        await publish(name, '1', 250);
        const begun = await reader(name)();
        await expect(publish(name, '2', 250, crashingStore(real, at, 'after').store)).rejects.toThrow(
          'The process is gone',
        );

        const seen = await wholeOf(name);
        expect([versionOf('1', 250), versionOf('2', 250)]).toContainEqual(seen);

        await publish(name, next, 250);
        expect(await wholeOf(name)).toEqual(versionOf(next, 250));
        expect((await reader(name)(begun.cursor)).version).toBe('1');
        expect(await expiriesOf(name, '1')).toEqual([NEXT_DAY, NEXT_DAY]);
        expect(await expiriesOf(name, next)).toEqual([undefined, undefined]);
        const abandoned = next === '2' ? [] : await expiriesOf(name, '2');
        expect(abandoned).not.toContain(undefined);
        expect(await notedOf(name)).toEqual([next]);
      }
  });
});

describe('two publishers', () => {
  it.each(['batchWrite', 'put', 'query'] as const)(
    'of two versions leave the later one: it overtakes before %s',
    async (step) => {
      const name = `race_before_${step}`;
      await publish(name, '1', 250);
      let other: Promise<unknown> | undefined;
      const overtaken: InsightStore = {
        ...real,
        [step]: async (input: never) => {
          await (other ??= publish(name, '3', 150));
          return await real[step](input);
        },
      };
      await publish(name, '2', 350, overtaken);

      expect(await wholeOf(name)).toEqual(versionOf('3', 150));
      expect(await expiriesOf(name, '1')).toEqual([NEXT_DAY, NEXT_DAY]);
      expect(await expiriesOf(name, '2')).toEqual([NEXT_DAY, NEXT_DAY, NEXT_DAY]);
      expect(await expiriesOf(name, '3')).toEqual([undefined]);
      expect(await notedOf(name)).toEqual(['3']);
    },
  );

  it('of one version leave it whole', async () => {
    await Promise.all([publish('both', '1', 350), publish('both', '1', 350)]);

    expect(await wholeOf('both')).toEqual(versionOf('1', 350));
    expect(await expiriesOf('both', '1')).toEqual([undefined, undefined, undefined]);
  });
});

describe('a busy table', () => {
  /** Writes at most so many items of each batch, as DynamoDB may. */
  const writingOnly = (most: number): InsightStore => ({
    ...real,
    batchWrite: async ({ RequestItems = {} }) => {
      const [[table, requests] = ['', []]] = Object.entries(RequestItems);
      if (most > 0) await real.batchWrite({ RequestItems: { [table]: requests.slice(0, most) } });
      return requests.length > most ? { [table]: requests.slice(most) } : {};
    },
  });

  it('is given the pages it left again', async () => {
    await publish('busy', '1', 1000, writingOnly(2));

    expect(await wholeOf('busy')).toEqual(versionOf('1', 1000));
  });

  it('that never takes them fails the publishing, and readers see what they saw', async () => {
    await publish('full', '1', 150);

    await expect(publish('full', '2', 250, writingOnly(0))).rejects.toThrow(
      'DynamoDB left 2 pages of insights unwritten, 10 times. Publish again.',
    );
    expect(await wholeOf('full')).toEqual(versionOf('1', 150));
  });
});
