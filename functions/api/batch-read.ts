import type { PlainRecord } from '../../core/http/patch.ts';
import { isExpired } from '../../core/table/internal.ts';
import { batchReadCommand, toRecord } from './commands.ts';
import type { Model } from './model.ts';
import { modelNamed, type Service } from './service.ts';
import { unavailable, type StoredItem } from './store.ts';

/** Most keys of one BatchGetItem. */
const BATCH = 100;
const TRIES = 5;

const readBatch = async (
  { store, wait }: Service,
  table: string,
  keys: readonly PlainRecord[],
): Promise<StoredItem[]> => {
  const found: StoredItem[] = [];
  let request = batchReadCommand({ table }, keys).RequestItems;
  for (let attempt = 1; ; attempt += 1) {
    const { items, unread } = await store.batchGet({ RequestItems: request });
    found.push(...items);
    if (Object.keys(unread).length === 0) return found;
    if (items.length === 0 && attempt >= TRIES) throw unavailable();
    if (items.length === 0) await wait(Math.random() * 20 * 2 ** attempt);
    request = unread;
  }
};

const readItems = async (
  service: Service,
  table: string,
  keys: readonly PlainRecord[],
): Promise<StoredItem[]> => {
  const batches = Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, index) =>
    keys.slice(index * BATCH, (index + 1) * BATCH),
  );
  return (await Promise.all(batches.map((batch) => readBatch(service, table, batch)))).flat();
};

/**
 * Records of an entity as they are now, by their keys, each given once. Those that are not there are left out.
 * Throws ProblemError `unavailable` when DynamoDB leaves keys unread again and again.
 */
export const readKeys = async (
  service: Service,
  { entity, table }: Model,
  keys: readonly PlainRecord[],
): Promise<PlainRecord[]> =>
  (await readItems(service, table, keys))
    .map((item) => toRecord(entity, item))
    .filter((record) => !isExpired(entity, record, service.now()));

/** Guards by their key, each given once. Those that are not there are missing from the map. */
export const readGuards = async (
  service: Service,
  guards: readonly string[],
): Promise<ReadonlyMap<string, StoredItem>> => {
  const items = await readItems(
    service,
    service.guards,
    guards.map((guard) => ({ guard })),
  );
  return new Map(items.map((item) => [item.guard?.S ?? '', item]));
};

/** Records of an entity by its one-field key, each key once. Those that are not there are missing from the map. */
export const readMany = async (
  service: Service,
  entity: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, PlainRecord>> => {
  const model = modelNamed(service, entity);
  const [name] = model.entity.key;
  const records = await readKeys(
    service,
    model,
    [...new Set(keys)].map((key) => ({ [name]: key })),
  );
  return new Map(records.map((record) => [String(record[name]), record]));
};
