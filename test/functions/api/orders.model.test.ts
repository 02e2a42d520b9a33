import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemas } from '../../../schemas/index.ts';
import { startHarness, type Harness } from './harness.ts';
import { storeOf } from './store-of-goods.ts';

type Shop = ReturnType<typeof storeOf>;

/** What the store should be like. */
interface Model {
  stock: number[];
  orders: { lines: readonly (readonly [product: number, pieces: number])[]; status: string }[];
}

/** What it is like. */
interface Real {
  shop: Shop;
  customer: string;
  products: string[];
  orders: string[];
}

type Command = fc.AsyncCommand<Model, Real>;

const MOVES: Readonly<Record<string, { from: readonly string[]; to: string }>> = {
  pay: { from: ['placed'], to: 'paid' },
  ship: { from: ['paid'], to: 'shipped' },
  deliver: { from: ['shipped'], to: 'delivered' },
  cancel: { from: ['placed', 'paid'], to: 'cancelled' },
};
const PRODUCTS = 3;
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness(schemas);
});
afterAll(() => harness.close());

const stockIs = async (model: Model, real: Real): Promise<void> => {
  expect(await Promise.all(real.products.map((id) => real.shop.stock(id)))).toEqual(model.stock);
};

const place = (lines: readonly (readonly [number, number])[]): Command => ({
  check: () => true,
  run: async (model, real) => {
    const left = [...model.stock];
    for (const [index, pieces] of lines) left[index] = (left[index] ?? 0) - pieces;
    const answer = await real.shop.order(
      real.customer,
      lines.map(([index, pieces]) => [real.products[index] ?? '', pieces]),
    );
    if (left.every((pieces) => pieces >= 0)) {
      expect(answer).toMatchObject({ status: 201, body: { status: 'placed' } });
      model.stock = left;
      model.orders.push({ lines, status: 'placed' });
      real.orders.push(answer.body.id);
    } else
      expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
        lines.flatMap(([index], line) => ((left[index] ?? 0) < 0 ? [`/lines/${line}`] : [])),
      );
    await stockIs(model, real);
  },
  toString: () => `place ${JSON.stringify(lines)}`,
});

const giveBack = (model: Model, lines: Model['orders'][number]['lines']): void => {
  for (const [index, pieces] of lines) model.stock[index] = (model.stock[index] ?? 0) + pieces;
};

const move = (at: number, action: string): Command => ({
  check: ({ orders }) => orders.length > 0,
  run: async (model, real) => {
    const position = at % model.orders.length;
    const order = model.orders[position] as Model['orders'][number];
    const { from, to } = MOVES[action] as { from: readonly string[]; to: string };
    const answer = await real.shop.move(real.orders[position] ?? '', action);
    if (from.includes(order.status)) {
      order.status = to;
      if (to === 'cancelled') giveBack(model, order.lines);
      expect(answer).toMatchObject({ status: 200, body: { status: to } });
    } else expect(answer).toMatchObject({ status: 409, body: { type: 'urn:tailrace:problem:illegal-move' } });
    await stockIs(model, real);
  },
  toString: () => `${action} ${at}`,
});

const remove = (at: number): Command => ({
  check: ({ orders }) => orders.length > 0,
  run: async (model, real) => {
    const position = at % model.orders.length;
    const [order] = model.orders.splice(position, 1);
    const [id] = real.orders.splice(position, 1);
    if (order && ['placed', 'paid'].includes(order.status)) giveBack(model, order.lines);
    expect(await harness.send({ method: 'DELETE', path: `/orders/${id}` })).toMatchObject({ status: 204 });
    await stockIs(model, real);
  },
  toString: () => `delete ${at}`,
});

const line = fc.tuple(fc.nat({ max: PRODUCTS - 1 }), fc.integer({ min: 1, max: 6 }));
const commands = fc.commands(
  [
    fc.array(line, { minLength: 1, maxLength: 4 }).map(place),
    fc
      .tuple(fc.nat({ max: 20 }), fc.constantFrom(...Object.keys(MOVES)))
      .map(([at, action]) => move(at, action)),
    fc.nat({ max: 20 }).map(remove),
  ],
  { maxCommands: 25 },
);

describe('whatever is ordered, moved, cancelled and deleted', () => {
  it('what is on the shelves and what is held by orders add up', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        const shop = storeOf(harness);
        const products = await Promise.all([10, 5, 2].map((pieces) => shop.product(pieces)));
        const customer = await shop.customer();
        const model: Model = { stock: [10, 5, 2], orders: [] };
        await fc.asyncModelRun(() => ({ model, real: { shop, customer, products, orders: [] } }), sequence);
        expect(await Promise.all(products.map((id) => shop.stock(id)))).toEqual(model.stock);
      }),
      { numRuns: 40 },
    );
  });

  it('also when it is done at once', async () => {
    const shop = storeOf(harness);
    const [customer, lamp] = [await shop.customer(), await shop.product(20)];
    const rounds = Array.from({ length: 12 }, async (_, round) => {
      const { status, body } = await shop.order(customer, [[lamp, 1 + (round % 4)]]);
      if (status !== 201) return 0;
      const moves = await Promise.all([shop.move(body.id, 'cancel'), shop.move(body.id, 'pay')]);
      expect(moves.some(({ status: moved }) => moved === 200)).toBe(true);
      const { status: state } = (await harness.send({ path: `/orders/${body.id}` })).body;
      return state === 'cancelled' ? 0 : 1 + (round % 4);
    });
    const held = (await Promise.all(rounds)).reduce((sum, pieces) => sum + pieces, 0);

    expect(await shop.stock(lamp)).toBe(20 - held);
  });
});
