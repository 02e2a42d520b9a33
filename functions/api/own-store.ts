import type { DeleteItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Bound } from './access.ts';
import type { Model } from './model.ts';
import { ConditionFailed, type Store, type StoredItem } from './store.ts';

type Owns = (item: StoredItem | undefined) => boolean;

/** A delete on the condition that the record is its owner's. */
export const ownDelete = (
  input: DeleteItemCommandInput,
  { field, subject }: Bound,
): DeleteItemCommandInput => ({
  ...input,
  ConditionExpression: `(${input.ConditionExpression ?? 'attribute_exists(#owner)'}) AND #owner = :owner`,
  ExpressionAttributeNames: { ...input.ExpressionAttributeNames, '#owner': field },
  ExpressionAttributeValues: { ...input.ExpressionAttributeValues, ...marshall({ ':owner': subject }) },
});

const deleteOwn =
  (store: Store, bound: Bound, owns: Owns): Store['delete'] =>
  async (input) => {
    try {
      await store.delete(ownDelete(input, bound));
    } catch (error) {
      throw error instanceof ConditionFailed && !owns(error.item) ? new ConditionFailed(undefined) : error;
    }
  };

const notTheirs = (): Error => new Error('A record was to be written for another than its owner.');

const putOwn =
  (store: Store, owns: Owns): Store['put'] =>
  async (input) => {
    if (!owns(input.Item)) throw notTheirs();
    await store.put(input);
  };

/**
 * A store in which the records of one table exist for their owner alone: what is another's is missing, after the same
 * request to DynamoDB. Other tables are as they are, as is what rules read with `batchGet`.
 *
 * @example
 * const own = ownStore(store, model, { field: 'customerId', subject: 'u1' });
 * await own.get(readCommand(model, { id: 'order of u2' })); // undefined
 */
export const ownStore = (store: Store, { table }: Pick<Model, 'table'>, bound: Bound): Store => {
  const owns: Owns = (item) => item?.[bound.field]?.S === bound.subject;
  const here = (input: { TableName: string | undefined }): boolean => input.TableName === table;
  const [removeOwn, writeOwn] = [deleteOwn(store, bound, owns), putOwn(store, owns)];
  return {
    get: async (input) => {
      const item = await store.get(input);
      return !here(input) || owns(item) ? item : undefined;
    },
    query: async (input) => {
      const { items, last } = await store.query(input);
      return { items: here(input) ? items.filter(owns) : items, last };
    },
    put: (input) => (here(input) ? writeOwn(input) : store.put(input)),
    delete: (input) => (here(input) ? removeOwn(input) : store.delete(input)),
    transact: async (input) => {
      const puts = (input.TransactItems ?? []).flatMap(({ Put }) => (Put && here(Put) ? [Put] : []));
      if (!puts.every(({ Item }) => owns(Item))) throw notTheirs();
      await store.transact(input);
    },
    batchGet: store.batchGet,
  };
};
