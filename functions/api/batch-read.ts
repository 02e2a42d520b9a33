import type { PlainRecord } from '../../core/http/patch.ts';
import { isExpired } from '../../core/table/internal.ts';
import { batchReadCommand, toRecord } from './commands.ts';
import { modelNamed, type Service } from './service.ts';
import { unavailable, type StoredItem } from './store.ts';

/** Most keys of one BatchGetItem. */
const BATCH = 100;
const TRIES = 5;

const readBatch = async (
  { store, wait }: Service,
  input: ReturnType<typeof batchReadCommand>,
): Promise<StoredItem[]> => {
  const found: StoredItem[] = [];
  let request = input.RequestItems;
  for (let attempt = 1; ; attempt += 1) {
    const { items, unread } = await store.batchGet({ RequestItems: request });
    found.push(...items);
    if (Object.keys(unread).length === 0) return found;
    if (items.length === 0 && attempt >= TRIES) throw unavailable();
    if (items.length === 0) await wait(Math.random() * 20 * 2 ** attempt);
    request = unread;
  }
};

/**
 * Records of an entity by its one-field key, each key once. Those that are not there are missing from the map.
 * Throws ProblemError `unavailable` when DynamoDB leaves keys unread again and again.
 */
export const readMany = async (
  service: Service,
  entity: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, PlainRecord>> => {
  const model = modelNamed(service, entity);
  const [name] = model.entity.key;
  const unique = [...new Set(keys)];
  const batches = Array.from({ length: Math.ceil(unique.length / BATCH) }, (_, index) =>
    unique.slice(index * BATCH, (index + 1) * BATCH),
  );
  const items = await Promise.all(
    batches.map((batch) =>
      readBatch(
        service,
        batchReadCommand(
          model,
          batch.map((key) => ({ [name]: key })),
        ),
      ),
    ),
  );
  return new Map(
    items
      .flat()
      .map((item) => toRecord(model.entity, item))
      .filter((record) => !isExpired(model.entity, record, service.now()))
      .map((record) => [String(record[name]), record]),
  );
};
