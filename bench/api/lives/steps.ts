import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { changed, getItem, ifVersion, keyOf, type Item, type Pair, type Step } from './life.ts';

const itemRoute = ({ plural }: Pair): string => `${plural}/{id}`;

/** A read, and one of what the client knows already. */
export const readSteps = (pair: Pair): Step[] => {
  const request = () => ({ method: 'GET', route: itemRoute(pair), id: pair.ours }) as const;
  const bare = () => getItem(pair, pair.table, keyOf(pair.theirs));
  const headers = { 'if-none-match': '"1"' };
  return [
    { name: `GET ${itemRoute(pair)}`, handler: () => pair.call({ status: 200, ...request() }), bare },
    {
      name: `GET ${itemRoute(pair)}, 304`,
      handler: () => pair.call({ status: 304, ...request(), headers }),
      bare,
    },
  ];
};

/** A list of what an index has for one value. */
export const listStep = (
  pair: Pair,
  { index, field, value, size }: { index: string; field: string; value: string; size: number },
): Step => ({
  name: `GET ${pair.plural}, ${size} by ${field}`,
  handler: () =>
    pair.call({
      status: 200,
      method: 'GET',
      route: pair.plural,
      query: String(new URLSearchParams({ [field]: value })),
    }),
  bare: () =>
    pair.client.send(
      new QueryCommand({
        TableName: pair.table,
        IndexName: index,
        KeyConditionExpression: '#partition = :partition',
        ExpressionAttributeNames: { '#partition': field },
        ExpressionAttributeValues: { ':partition': { S: value } },
        ScanIndexForward: true,
        Limit: 25,
      }),
    ),
});

/** The record of a pair made by hand, read and written as its next version. */
export const replaceByHand = async (pair: Pair, version: number, fields: Item): Promise<void> => {
  const { Item } = await getItem(pair, pair.table, keyOf(pair.theirs));
  await pair.client.send(
    new PutItemCommand({
      TableName: pair.table,
      Item: changed(Item, version, fields),
      ...ifVersion(version - 1),
    }),
  );
};

/** A change of one field of a new record. */
export const patchStep = (pair: Pair, body: object, fields: Item): Step => ({
  name: `PATCH ${itemRoute(pair)}`,
  handler: () => pair.call({ status: 200, method: 'PATCH', route: itemRoute(pair), id: pair.ours, body }),
  bare: () => replaceByHand(pair, 2, fields),
});

export const deleteStep = (pair: Pair, bare: Step['bare']): Step => ({
  name: `DELETE ${itemRoute(pair)}`,
  handler: () => pair.call({ status: 204, method: 'DELETE', route: itemRoute(pair), id: pair.ours }),
  bare,
});

export const actionStep = (pair: Pair, action: string, bare: Step['bare']): Step => ({
  name: `POST ${itemRoute(pair)}/${action}`,
  handler: () =>
    pair.call({ status: 200, method: 'POST', route: `${itemRoute(pair)}/${action}`, id: pair.ours }),
  bare,
});
