import { describe, expect, it } from 'vitest';
import { queryFor, type ListQuery } from '../../../core/http/list.ts';
import {
  batchReadCommand,
  createCommand,
  deleteCommand,
  listCommand,
  readCommand,
  replaceCommand,
  toRecord,
} from '../../../functions/api/commands.ts';
import { SCHEMA_VERSION } from '../../../core/table/internal.ts';
import { order } from '../../../schemas/order.ts';

const target = { entity: order, table: 'tailrace-test-order' };
const byCustomer = queryFor(order, ['customerId']) as ListQuery;
const asked = { query: byCustomer, partition: 'c1', limit: 25, descending: false };

describe('commands', () => {
  it('read one record as it is now', () => {
    expect(readCommand(target, { id: 'o1' })).toEqual({
      TableName: 'tailrace-test-order',
      Key: { id: { S: 'o1' } },
      ConsistentRead: true,
    });
  });

  it('create a record only where there is none', () => {
    expect(createCommand(target, { id: 'o1', note: undefined, version: 1 }, new Date())).toMatchObject({
      Item: { id: { S: 'o1' }, version: { N: '1' }, schemaVersion: { N: '1' } },
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': 'id' },
    });
  });

  it('replace a record only over the version that was read', () => {
    expect(replaceCommand(target, { id: 'o1', version: 8 }, 7)).toMatchObject({
      Item: { version: { N: '8' } },
      ConditionExpression: '#version = :version',
      ExpressionAttributeValues: { ':version': { N: '7' } },
    });
  });

  it('delete a record that is there, of any version or of one', () => {
    expect(deleteCommand(target, { id: 'o1' })).toMatchObject({
      ConditionExpression: 'attribute_exists(#key)',
    });
    expect(deleteCommand(target, { id: 'o1' }, 3)).toMatchObject({
      ConditionExpression: '#version = :version',
      ExpressionAttributeValues: { ':version': { N: '3' } },
    });
  });

  it('query an index by its partition key alone', () => {
    expect(listCommand(target, asked)).toEqual({
      TableName: 'tailrace-test-order',
      IndexName: 'byCustomer',
      KeyConditionExpression: '#partition = :partition',
      ExpressionAttributeNames: { '#partition': 'customerId' },
      ExpressionAttributeValues: { ':partition': { S: 'c1' } },
      ScanIndexForward: true,
      Limit: 25,
    });
  });

  it('query an index by both keys, on from a key, backwards', () => {
    const sort = { operator: 'begins_with', values: ['2026'] } as const;
    const after = { id: 'o1', customerId: 'c1', placedAt: '2026-11-22T13:00:00.000Z' };

    expect(listCommand(target, { ...asked, sort, after, descending: true })).toMatchObject({
      KeyConditionExpression: '#partition = :partition AND begins_with(#sort, :sort)',
      ExpressionAttributeNames: { '#sort': 'placedAt' },
      ExpressionAttributeValues: { ':sort': { S: '2026' } },
      ScanIndexForward: false,
      ExclusiveStartKey: { id: { S: 'o1' }, customerId: { S: 'c1' } },
    });
    expect(
      listCommand(target, { ...asked, sort: { operator: '=', values: ['2026'] } }).KeyConditionExpression,
    ).toContain('#sort = :sort');
    expect(
      listCommand(target, { ...asked, sort: { operator: 'BETWEEN', values: ['a', 'b'] } }),
    ).toMatchObject({
      KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :sort AND :end',
      ExpressionAttributeValues: { ':end': { S: 'b' } },
    });
  });

  it('query for some attributes alone', () => {
    expect(listCommand(target, { ...asked, attributes: ['id', 'status'] })).toMatchObject({
      ProjectionExpression: '#a0, #a1',
      ExpressionAttributeNames: { '#a0': 'id', '#a1': 'status' },
    });
  });

  it('query the table itself as it is now', () => {
    const query = queryFor(order, ['id']) as ListQuery;

    expect(listCommand(target, { ...asked, query })).toMatchObject({ ConsistentRead: true });
    expect(listCommand(target, { ...asked, query })).not.toHaveProperty('IndexName');
  });

  it('read many records at once', () => {
    expect(batchReadCommand(target, [{ id: 'a' }, { id: 'b' }]).RequestItems).toEqual({
      'tailrace-test-order': { Keys: [{ id: { S: 'a' } }, { id: { S: 'b' } }], ConsistentRead: true },
    });
  });

  it('leave out of a record what only the table needs', () => {
    const item = { id: { S: 'o1' }, status: { S: 'paid' }, version: { N: '2' }, schemaVersion: { N: '1' } };

    expect(toRecord(order, item)).toEqual({ id: 'o1', status: 'paid', version: 2 });
  });

  it('give a record in the order of its schema, old ones too, with what the schema does not name last', () => {
    const item = { strange: { S: 's' }, note: { S: 'n' }, status: { S: 'paid' }, id: { S: 'o1' } };
    const renamed = {
      ...order,
      version: 2,
      upgrade: { 1: ({ note, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, total: note }) },
    };

    const [today, old] = [
      toRecord(order, item),
      toRecord(renamed, { ...item, [SCHEMA_VERSION]: { N: '1' } }),
    ];

    expect(Object.entries(today)).toEqual([
      ['id', 'o1'],
      ['status', 'paid'],
      ['note', 'n'],
      ['strange', 's'],
    ]);
    expect(Object.keys(old)).toEqual(['id', 'total', 'status', 'strange']);
  });
});
