import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoStore } from '../../../functions/api/store.ts';
import { schemas } from '../../../schemas/index.ts';
import { call, startHarness, type Harness } from './harness.ts';

let harness: Harness;
const json = { name: 'Lamp', category: 'home', price: { amount: 1, currency: 'EUR' }, stock: 5 };
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

beforeAll(async () => {
  harness = await startHarness(schemas);
});
afterAll(() => harness.close());

/** A client over the real engine that loses the first answer: the work is done, but nobody hears. */
const losingFirstAnswer = (): DynamoDBClient => {
  const inner = harness.client.config.requestHandler;
  let lost = false;
  return new DynamoDBClient({
    endpoint: harness.endpoint,
    region: 'eu-central-1',
    credentials,
    requestHandler: {
      handle: async (...request: Parameters<typeof inner.handle>) => {
        const answer = await inner.handle(...request);
        if (lost) return answer;
        lost = true;
        throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
      },
    },
  });
};

describe('the store', () => {
  it('knows its own write again when the answer was lost', async () => {
    const before = await harness.count('product');
    const api = harness.api({ store: dynamoStore(losingFirstAnswer()) });

    expect(await call(api, { method: 'POST', path: '/products', json })).toMatchObject({ status: 201 });
    expect(await harness.count('product')).toBe(before + 1);
  });

  it('knows its own patch again when the answer was lost', async () => {
    const { headers } = await harness.send({ method: 'POST', path: '/products', json });
    const path = headers.location as string;
    const client = losingFirstAnswer();
    const store = { ...dynamoStore(client), get: dynamoStore(harness.client).get };
    const patched = await call(harness.api({ store }), { method: 'PATCH', path, json: { stock: 1 } });

    expect(patched).toMatchObject({ status: 200, body: { version: 2, stock: 1 } });
  });

  it('asks to come again when the database cannot be reached', async () => {
    const client = new DynamoDBClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'eu-central-1',
      credentials,
      maxAttempts: 1,
    });
    const answer = await call(harness.api({ store: dynamoStore(client) }), { path: '/products/p1' });

    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { type: 'urn:tailrace:problem:unavailable' },
    });
  });

  it('has no excuse for a missing table', async () => {
    const names = { ...harness.names, table: () => 'no-such-table' };
    const answer = await call(harness.api({ names }), { path: '/products/p1' });

    expect(answer).toMatchObject({ status: 500, body: { type: 'urn:tailrace:problem:internal' } });
    expect(answer.text).not.toContain('no-such-table');
  });
});
