import { sameJson, type PlainRecord } from '../../core/http/patch.ts';
import type { Awaited } from '../../core/lake/erase/statements.ts';
import { anonymised } from '../../core/privacy/anonymise.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { referenceIndex } from '../../core/schema/references.ts';
import { counterOf, membershipOf } from '../../core/table/guards.ts';
import { tableDefinition, type KeySchema } from '../../core/table/definition.ts';
import { readKeys } from '../api/batch-read.ts';
import { keyOf, listCommand, readCommand, replaceCommand, toKey, toRecord } from '../api/commands.ts';
import { commit, decide, Stale } from '../api/commit.ts';
import { guardWrites } from '../api/guards.ts';
import type { Model } from '../api/model.ts';
import { count, uncounted } from '../api/references.ts';
import { forEachHolder, withDependants } from '../api/removal/collect.ts';
import { commitRemoval } from '../api/removal/commit.ts';
import { removalsOf } from '../api/removal/plan.ts';
import type { Leaving } from '../api/removal/removal.ts';
import { contextOf } from '../api/rules/apply.ts';
import type { Service } from '../api/service.ts';

/** What was done with a record, and the change that says so in the lake. */
export interface Erased extends Awaited {
  readonly entity: string;
}

const PAGE = 100;

/** Whether the records of a person can be found. Those that cannot have nothing personal: the schema sees to it. */
export const isFound = ({ key, indexes, shape, subject }: Entity): boolean =>
  subject !== undefined && (key[0] === subject || referenceIndex({ indexes, shape }, subject) !== undefined);

const schemaOf = (entity: Entity, subject: string) => {
  const index = entity.key[0] === subject ? undefined : referenceIndex(entity, subject);
  const { key, indexes } = tableDefinition(entity);
  return { index, key: index === undefined ? key : (indexes[index] as KeySchema) };
};

/** The records of a person as they are now, page by page. An index is some moments behind, the table says whose they are. */
export const recordsOf = async function* (
  service: Service,
  model: Model,
  subject: string,
): AsyncGenerator<PlainRecord[]> {
  const { entity } = model;
  if (entity.subject === undefined) return;
  const field = entity.subject;
  if (entity.key.length === 1 && entity.key[0] === field) {
    yield await readKeys(service, model, [{ [field]: subject }]);
    return;
  }
  let after: PlainRecord | undefined;
  do {
    const { items, last } = await service.store.query(
      listCommand(model, {
        query: schemaOf(entity, field),
        partition: subject,
        limit: PAGE,
        descending: false,
        attributes: entity.key,
        ...(after ? { after } : {}),
      }),
    );
    const records = await readKeys(service, model, items.map(toKey));
    yield records.filter((record) => record[field] === subject);
    after = last && toKey(last);
  } while (after);
};

const without = ({ entity }: Model, record: PlainRecord): PlainRecord => anonymised(entity, record);

/** Whether there is something to do with a record. */
export const isToErase = (model: Model, record: PlainRecord): boolean =>
  model.entity.erase === 'delete' || !sameJson(without(model, record), record);

const toErased = (model: Model, record: PlainRecord, did: Erased['did'], version: number): Erased => ({
  entity: model.entity.name,
  key: keyOf(model, record) as Erased['key'],
  did,
  version,
});

/** What is going to be done with a record, before it is. */
export const intended = (model: Model, record: PlainRecord): Erased =>
  model.entity.erase === 'delete'
    ? toErased(model, record, 'deleted', Number(record.version))
    : toErased(model, record, 'anonymised', Number(record.version) + 1);

const read = async ({ store }: Service, model: Model, key: PlainRecord): Promise<PlainRecord | undefined> => {
  const item = await store.get(readCommand(model, key));
  return item && toRecord(model.entity, item);
};

const anonymiseOne = (service: Service, model: Model, key: PlainRecord): Promise<Erased[]> =>
  decide(service, async () => {
    const record = await read(service, model, key);
    if (!record || !isToErase(model, record)) return [];
    const now = service.now();
    const version = Number(record.version) + 1;
    const after = { ...without(model, record), version, updatedAt: now.toISOString() };
    await commit(service, [
      { item: { Put: replaceCommand(model, after, version - 1) }, refusal: () => undefined },
      ...(await guardWrites(service, model, { before: record, after, now })),
    ]);
    return [toErased(model, after, 'anonymised', version)];
  });

/** Records that stay and refer to what goes keep its identifier, and hold it no more. */
const letGo = (service: Service, leaving: readonly Leaving[]): Promise<void> =>
  forEachHolder(service, leaving, async (_held, { model, field }, { record }) => {
    const guard = membershipOf(model.entity, field, record);
    const found = await service.store.get({
      TableName: service.guards,
      Key: { guard: { S: guard } },
      ConsistentRead: true,
    });
    if (!found) return;
    await commit(service, [
      uncounted(service, guard),
      count(service, counterOf(model.entity, field, record[field]), -1),
    ]);
  });

const deleteOne = (service: Service, model: Model, key: PlainRecord): Promise<Erased[]> =>
  decide(service, async () => {
    const record = await read(service, model, key);
    if (!record) return [];
    const leaving = await withDependants(service, { model, record });
    await letGo(service, leaving);
    const now = service.now();
    const removals = await removalsOf(service, leaving, contextOf(service, {}, now));
    if (!(await commitRemoval(service, removals, { now, by: undefined }))) throw new Stale();
    return removals.map((gone) => toErased(gone.model, gone.record, 'deleted', Number(gone.record.version)));
  });

/**
 * Deletes a record with all that goes with it, or takes what is personal out of it, as its schema says: in one transaction with
 * its guards, as the API would. Answers what was done; nothing when it was done before. Throws Error that names the record.
 *
 * @example
 * await eraseRecord(service, orders, { id: 'o1' }) // [{ entity: 'order', key: { id: 'o1' }, did: 'anonymised', version: 3 }]
 */
export const eraseRecord = async (service: Service, model: Model, key: PlainRecord): Promise<Erased[]> => {
  try {
    return await (model.entity.erase === 'delete' ? deleteOne : anonymiseOne)(service, model, key);
  } catch (error) {
    throw new Error(
      `The ${model.entity.name} ${JSON.stringify(key)} was not erased: ${error instanceof Error ? error.message : ''}`,
      { cause: error },
    );
  }
};
