import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { entitiesOf } from '../../core/schema/load.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { schemas } from '../../schemas/index.ts';
import type { Tailrace } from '../e2e/tailrace.ts';
import {
  historyOf,
  itemsOf,
  rowsOfLake,
  rowsOfTable,
  saysWhatWasShown,
  type Item,
  type Version,
} from './lake.ts';
import type { Known, Ledger } from './ledger.ts';

const BUCKET = 'tailrace-dev-lake-123456789012-us-east-1';
const ENTITIES = entitiesOf(schemas);

/** What is wrong, and whose seed it is where that can be told. */
export interface Wrong {
  readonly seed: number | undefined;
  readonly what: string;
}

const seedOf = ({ known, poison }: Ledger, id: string): number | undefined =>
  known.get(id)?.seed ?? poison.get(id)?.seed;

/** Every row of the lake is that of the table, and the other way round. */
const differences = async (tailrace: Tailrace, ledger: Ledger, entity: Entity): Promise<Wrong[]> => {
  const [table, lake] = await Promise.all([rowsOfTable(tailrace, entity), rowsOfLake(tailrace, entity)]);
  return [...new Set([...table.keys(), ...lake.keys()])]
    .filter((id) => !isDeepStrictEqual(table.get(id), lake.get(id)))
    .map((id) => ({
      seed: seedOf(ledger, id),
      what: `${entity.name} ${id} is ${JSON.stringify(table.get(id))} in the table and ${JSON.stringify(lake.get(id))} in the lake`,
    }));
};

/** Versions from 1 on, each once, in the order of the stream; after a removal none. */
const isWhole = (versions: readonly Version[]): boolean =>
  versions.every(
    ({ change_version: version, change_operation: operation }, index) =>
      version === index + 1 && (operation === 'remove' ? index === versions.length - 1 : true),
  );

/** Versions that were acknowledged and are not there once, as the client was shown them. */
const missingVersions = (entity: Entity, { acknowledged }: Known, versions: readonly Version[]): number[] =>
  [...acknowledged].flatMap(([version, body]) => {
    const found = versions.filter((it) =>
      body === null
        ? it.change_operation === 'remove'
        : it.change_version === version && saysWhatWasShown(entity, body, it),
    );
    return found.length === 1 ? [] : [version];
  });

/** Whether more happened to a record than anybody was told, though every write of it was answered. */
const hasMore = ({ acknowledged, open }: Known, versions: readonly Version[]): boolean =>
  !open && versions.length > Math.max(...acknowledged.keys());

const historyWrongs = async (tailrace: Tailrace, ledger: Ledger, entity: Entity): Promise<Wrong[]> => {
  const history = await historyOf(tailrace, entity);
  const wrong = (id: string, what: string): Wrong => ({
    seed: seedOf(ledger, id),
    what: `the history of ${entity.name} ${id} ${what}: ${JSON.stringify(history.get(id) ?? [])}`,
  });
  const torn = [...history].filter(([, versions]) => !isWhole(versions));
  const known = [...ledger.known].filter(([, { entity: name }]) => name === entity.name);
  return [
    ...torn.map(([id]) => wrong(id, 'is not each version once and in order')),
    ...known.flatMap(([id, it]) => {
      const missing = missingVersions(entity, it, history.get(id) ?? []);
      return missing.length > 0
        ? [wrong(id, `has not once, as it was shown, version ${missing.join(', ')}`)]
        : [];
    }),
    ...known.flatMap(([id, it]) =>
      hasMore(it, history.get(id) ?? []) ? [wrong(id, 'has more than was told')] : [],
    ),
  ];
};

const text = (item: Item, field: string): string | undefined => item[field]?.S;

/** Both fields of a change carry its text, so one that was done in part has two. */
const isTorn = (entity: string, item: Item): boolean => {
  if (entity === 'customer') return text(item, 'email') !== `${text(item, 'name')}@example.com`;
  return (
    entity === 'product' &&
    text(item, 'category') !== 'shelf' &&
    text(item, 'category') !== text(item, 'name')
  );
};

const STAMPED: Readonly<Record<string, string>> = { customer: 'name', product: 'name', order: 'note' };

/** No text of a write is in two records: it was done once, however often it was tried. */
const twice = (entity: string, items: readonly Item[]): string[] =>
  [...Map.groupBy(items, (item) => text(item, STAMPED[entity]!))]
    .filter(([stamp, same]) => stamp !== undefined && same.length > 1)
    .map(([stamp, same]) => `${entity} "${stamp}" is there ${same.length} times`);

/** Stock of each product, and what orders that were not cancelled hold of it, make what it had. */
const stockWrongs = (products: readonly Item[], orders: readonly Item[], { stock }: Ledger): Wrong[] => {
  const held = new Map<string, number>();
  for (const order of orders.filter((it) => text(it, 'status') !== 'cancelled'))
    for (const { M: line } of order.lines?.L ?? []) {
      const id = line?.productId?.S ?? '';
      held.set(id, (held.get(id) ?? 0) + Number(line?.quantity?.N));
    }
  return products.flatMap((product) => {
    const [id, left] = [text(product, 'id')!, Number(product.stock?.N)];
    const had = stock.get(id);
    const sum = left + (held.get(id) ?? 0);
    return had === undefined || had === sum
      ? []
      : [
          {
            seed: undefined,
            what: `product ${id} had ${had}, and has ${left} left with ${sum - left} in orders`,
          },
        ];
  });
};

/** Writes nobody heard the end of are there whole or not at all; what was refused is nowhere. */
const wholeWrongs = async (tailrace: Tailrace, ledger: Ledger): Promise<Wrong[]> => {
  const tables = await Promise.all(
    ENTITIES.map(async (entity) => [entity.name, await itemsOf(tailrace, entity)] as const),
  );
  const byName = new Map(tables);
  const torn = tables.flatMap(([name, items]) => items.filter((item) => isTorn(name, item)));
  const refused = ledger.refused.filter(({ entity, stamp }) =>
    byName.get(entity)?.some((item) => text(item, STAMPED[entity]!) === stamp),
  );
  return [
    ...tables.flatMap(([name, items]) => twice(name, items).map((what) => ({ seed: undefined, what }))),
    ...torn.map((item) => ({
      seed: seedOf(ledger, text(item, 'id')!),
      what: `done in part: ${JSON.stringify(item)}`,
    })),
    ...refused.map(({ entity, seed, stamp }) => ({
      seed,
      what: `${entity} "${stamp}" was refused and is there`,
    })),
    ...stockWrongs(byName.get('product') ?? [], byName.get('order') ?? [], ledger),
  ];
};

const filesBelow = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile());

/** The quarantine has each poison that was written, and nothing else. */
const poisonWrongs = ({ dataDir }: Tailrace, { poison }: Ledger): Wrong[] => {
  const bucket = join(dataDir, 's3', BUCKET);
  const kept = filesBelow(bucket)
    .filter((file) => file.startsWith(join(bucket, 'quarantine')))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as { key: { id?: string } | null });
  const ids = new Set(kept.map(({ key }) => key?.id ?? ''));
  const missing = [...poison].filter(([id, { acknowledged }]) => acknowledged && !ids.has(id));
  return [
    ...missing.map(([id, { seed }]) => ({ seed, what: `the poison ${id} is not in quarantine` })),
    ...[...ids]
      .filter((id) => !poison.has(id))
      .map((id) => ({ seed: undefined, what: `${id} is in quarantine` })),
    ...filesBelow(bucket)
      .filter((file) => /\/(errors|aws)\//.test(file.slice(bucket.length)))
      .map((file) => ({ seed: undefined, what: `${file.slice(bucket.length)} fell out on the way` })),
  ];
};

const contentOf = async (file: string): Promise<string> => {
  const bytes = readFileSync(file);
  if (bytes.subarray(0, 4).toString() !== 'PAR1') return bytes.toString('latin1');
  const ZSTD = (compressed: Uint8Array): Uint8Array => zstdDecompressSync(compressed);
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors: { ZSTD } });
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
};

/** No file of the lake and no log says an address, or what fell out, in clear. */
const clearWrongs = async ({ dataDir }: Tailrace): Promise<Wrong[]> => {
  const files = ['s3', 'logs'].flatMap((name) => filesBelow(join(dataDir, name)));
  const clear: Wrong[] = [];
  for (const file of files) {
    const found = /planted-s(\d+)c\d+-\d+(@example\.com| no address)/.exec(await contentOf(file));
    if (found) clear.push({ seed: Number(found[1]), what: `${file} says ${found[0]}` });
  }
  return clear;
};

/** What the product says of itself: every row of every table is in the lake as it is. */
const reconcileWrongs = async (tailrace: Tailrace): Promise<Wrong[]> => {
  const { code, stdout, stderr } = await tailrace.cli('reconcile', '--deep');
  return code === 0 ? [] : [{ seed: undefined, what: `reconcile --deep says: ${stdout}${stderr}` }];
};

/** All that is wrong once the dust has settled. */
export const judge = async (tailrace: Tailrace, ledger: Ledger): Promise<Wrong[]> => {
  const found: Wrong[] = [];
  for (const entity of ENTITIES) {
    found.push(...(await differences(tailrace, ledger, entity)));
    found.push(...(await historyWrongs(tailrace, ledger, entity)));
  }
  found.push(...(await wholeWrongs(tailrace, ledger)), ...poisonWrongs(tailrace, ledger));
  found.push(...(await reconcileWrongs(tailrace)));
  return [...found, ...(await clearWrongs(tailrace))];
};
