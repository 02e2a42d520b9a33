import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemas } from '../../../schemas/index.ts';
import { startHarness, type Harness } from './harness.ts';
import { storeOf } from './store-of-goods.ts';

let harness: Harness;
let shop: ReturnType<typeof storeOf>;
let path = '';
const at = (headers: Record<string, string>, method = 'GET', json?: unknown) =>
  harness.send({ method, path, headers, ...(json === undefined ? {} : { json }) });

beforeAll(async () => {
  harness = await startHarness(schemas);
  shop = storeOf(harness);
  path = `/products/${await shop.product(1)}`;
  await at({}, 'PATCH', { stock: 2 });
});
afterAll(() => harness.close());

describe('an ETag', () => {
  it('is on every read and write of a record', async () => {
    const customer = await shop.customer();
    const order = await shop.order(customer, [[await shop.product(1), 1]]);
    const paid = await shop.move(order.body.id, 'pay');

    expect([
      order.headers.etag,
      paid.headers.etag,
      (await at({})).headers.etag,
      (await at({}, 'HEAD')).headers.etag,
      (await at({}, 'PATCH', { stock: 2 })).headers.etag,
    ]).toEqual(['"1"', '"2"', '"2"', '"2"', '"2"']);
  });
});

describe('If-None-Match', () => {
  it.each(['"2"', 'W/"2"', '"1", "2"', '"1",W/"2"', '*'])('of %s answers 304 without a body', async (tag) => {
    for (const method of ['GET', 'HEAD'])
      expect(await at({ 'if-none-match': tag }, method)).toMatchObject({
        status: 304,
        headers: { etag: '"2"' },
        text: undefined,
      });
  });

  it.each(['"1"', 'W/"22"', '', '2', '"two"'])('of %j answers the record', async (tag) => {
    expect(await at({ 'if-none-match': tag })).toMatchObject({ status: 200, body: { version: 2 } });
  });

  it('does not find what is not there', async () => {
    const headers = { 'if-none-match': '*' };

    expect(await harness.send({ path: '/products/nothing', headers })).toMatchObject({ status: 404 });
  });
});

describe('If-Match', () => {
  it.each([
    ['PATCH', { stock: 9 }],
    ['DELETE', undefined],
  ])('of another version stops a %s', async (method, json) => {
    for (const tag of ['"1"', '"3"', 'W/"2"', '"x"', '2'])
      expect(await at({ 'if-match': tag }, method, json)).toMatchObject({
        status: 412,
        body: { type: 'urn:tailrace:problem:precondition-failed' },
      });
    expect((await at({})).body).toMatchObject({ stock: 2, version: 2 });
  });

  it('lets one of many writers of a version through', async () => {
    const one = `/products/${await shop.product(1)}`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, stock) =>
        harness.send({
          method: 'PATCH',
          path: one,
          headers: { 'if-match': '"1"' },
          json: { stock: stock + 50 },
        }),
      ),
    );

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array.from({ length: 9 }, () => 412),
    ]);
  });
});
