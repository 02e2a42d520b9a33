import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { keyedSteps } from './keyed.ts';
import { createStep, fresh, ifFree, ifThere, keyOf, pairOf, type Life } from './life.ts';
import { deleteStep, listStep, patchStep, readSteps } from './steps.ts';

/** What a client sends to create a product. */
export const productBody = (category = 'home', stock = 3) => ({
  name: 'Blue vase',
  category,
  price: { amount: 1999, currency: 'EUR' },
  stock,
  tags: ['blue', 'glass'],
});

/** A product has no guards: each of its routes needs one call, a change two. */
export const productLife: Life = (world) => {
  const pair = pairOf(world, 'product');
  const { client, table: TableName, theirs } = pair;
  const recordOf = (id: string) => ({ ...fresh(id), ...productBody() });
  const put = (record: object) => ({ TableName, Item: marshall(record), ...ifFree });
  const make = async (id: string) => {
    const record = recordOf(id);
    return { record, items: [{ Put: put(record) }] };
  };
  const list = { index: 'byCategory', field: 'category', value: world.seeds.category, size: 25 };
  return [
    createStep(pair, productBody(), () => client.send(new PutItemCommand(put(recordOf(theirs))))),
    ...keyedSteps(pair, productBody(), make),
    ...readSteps(pair),
    listStep(pair, list),
    patchStep(pair, { stock: 4 }, { stock: { N: '4' } }),
    deleteStep(pair, () => client.send(new DeleteItemCommand({ TableName, Key: keyOf(theirs), ...ifThere }))),
  ];
};
