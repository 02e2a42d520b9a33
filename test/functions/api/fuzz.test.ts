import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entitiesOf } from '../../../core/schema/load.ts';
import { schemas } from '../../../schemas/index.ts';
import { startHarness, type Harness } from './harness.ts';

const RUNS = 150;
let harness: Harness;
let customerId = '';
let productId = '';

beforeAll(async () => {
  harness = await startHarness(schemas);
  const product = { name: 'Lamp', category: 'home', price: { amount: 1, currency: 'EUR' }, stock: 5 };
  const customer = { email: 'a@example.com', name: 'A' };
  productId = (await harness.send({ method: 'POST', path: '/products', json: product })).body.id;
  customerId = (await harness.send({ method: 'POST', path: '/customers', json: customer })).body.id;
});
afterAll(() => harness.close());

const fieldNames = [
  'name',
  'email',
  'price',
  'stock',
  'tags',
  'lines',
  'customerId',
  'note',
  '__proto__',
  'id',
];
const anyText = fc.string({ unit: 'binary', maxLength: 300 });
const anyObject = fc.dictionary(fc.constantFrom(...fieldNames), fc.jsonValue({ maxDepth: 3 }));
const anyProduct = fc.record(
  {
    name: anyText,
    category: anyText,
    price: fc.record({
      amount: fc.oneof(fc.maxSafeInteger(), fc.double()),
      currency: fc.constantFrom('EUR', 'X'),
    }),
    stock: fc.oneof(fc.integer(), fc.double()),
    tags: fc.array(anyText, { maxLength: 30 }),
  },
  { requiredKeys: ['name', 'category', 'price'] },
);
const anyOrder = fc.record({
  customerId: fc.oneof(fc.constant(null), anyText),
  lines: fc.array(
    fc.record({ productId: fc.oneof(fc.constant(null), anyText), quantity: fc.integer({ max: 20_000 }) }),
  ),
  note: anyText,
});
const known = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, part) => {
      if (part !== null) return part;
      return name === 'productId' ? productId : name === 'customerId' ? customerId : part;
    }),
  );
const anyBody = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  anyObject.map((value) => JSON.stringify(value)),
  anyProduct.map((value) => JSON.stringify(value)),
  anyOrder.map((value) => JSON.stringify(known(value))),
);
const path = fc.constantFrom(...entitiesOf(schemas).map(({ plural }) => `/${plural}`));
const sizes = () => Promise.all(['customer', 'product', 'order'].map((name) => harness.count(name)));

describe('whatever the body', () => {
  it('a create is written and answered 201, or refused with 4xx and not written', async () => {
    await fc.assert(
      fc.asyncProperty(path, anyBody, async (to, body) => {
        const before = await sizes();
        const { status } = await harness.send({
          method: 'POST',
          path: to,
          body,
          headers: { 'content-type': 'application/json' },
        });
        const written = (await sizes()).reduce((sum, size, index) => sum + size - (before[index] ?? 0), 0);

        expect(status === 201 || is4xx(status)).toBe(true);
        expect(written).toBe(status === 201 ? 1 : 0);
      }),
      { numRuns: RUNS },
    );
  });

  it('a patch is applied and answered 200, or refused with 4xx and the record is as it was', async () => {
    const to = `/products/${productId}`;
    await fc.assert(
      fc.asyncProperty(anyBody, async (body) => {
        const before = await harness.send({ path: to });
        const answer = await harness.send({
          method: 'PATCH',
          path: to,
          body,
          headers: { 'content-type': 'application/merge-patch+json' },
        });
        const after = await harness.send({ path: to });

        expect(after.body).toEqual(answer.status === 200 ? answer.body : before.body);
        expect(answer.status === 200 || is4xx(answer.status)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('a list is answered or refused', async () => {
    const parameters = fc.dictionary(
      fc.constantFrom(
        'id',
        'customerId',
        'placedAt',
        'placedAt[gte]',
        'placedAt[lt]',
        'placedAt[prefix]',
        'status',
        'limit',
        'order',
        'cursor',
        'fields',
        'x',
      ),
      fc.oneof(anyText, fc.constantFrom('placed', '2026', '5', 'asc', 'W10', 'id,note')),
      { minKeys: 1, maxKeys: 3 },
    );
    await fc.assert(
      fc.asyncProperty(parameters, async (query) => {
        const { status } = await harness.send({
          path: '/orders',
          query: new URLSearchParams(query).toString(),
        });

        expect(status === 200 || is4xx(status)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('a path is found or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webPath(), async (to) => {
        const { status } = await harness.send({ path: `/products${to}` });

        expect(status === 200 || is4xx(status)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

const is4xx = (status: number): boolean => status >= 400 && status < 500;
