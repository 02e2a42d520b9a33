import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../../functions/api/application.ts';
import { schemas } from '../../../schemas/index.ts';
import { httpApiFixtures } from '../../fixtures/http-api.ts';
import { startHarness, type Harness } from './harness.ts';
import { shelf } from './memo.ts';

const context = { getRemainingTimeInMillis: () => Infinity } as Context;
const ann = { sub: 'ann', 'cognito:groups': '[customer]', client_id: 'client-1' };
let harness: Harness;
let api: Api;

beforeAll(async () => {
  harness = await startHarness([...schemas, shelf]);
  api = harness.api();
  const price = { amount: 1, currency: 'EUR' };
  const bear = { name: 'Bär', category: 'glass & paper', price, stock: 5 };
  await harness.send({ method: 'POST', path: '/products', json: bear });
  const place = { place: 'top floor, länks' };
  await harness.send({ method: 'POST', path: '/shelves', json: place, claims: ann });
});
afterAll(() => harness.close());

/** Ann is there, in her first version, whatever was done before. */
const makeAnn = async (): Promise<void> => {
  const person = { email: 'ann@example.com', name: 'Ann' };
  await harness.send({ method: 'DELETE', path: '/customers/ann' });
  await harness.send({ method: 'POST', path: '/customers', json: person, claims: ann });
};

describe('an event of API Gateway', () => {
  it.each(httpApiFixtures)('is answered: $shows ($name)', async ({ event, answer }) => {
    await makeAnn();

    const { statusCode, headers, body } = await api(event, context);

    expect(statusCode).toBe(answer.status);
    expect(headers).toMatchObject({ 'x-request-id': event.requestContext.requestId, ...answer.headers });
    expect(body === undefined).toBe(answer.body === undefined);
    expect(JSON.parse(body ?? '{}')).toMatchObject(answer.body ?? {});
  });
});
