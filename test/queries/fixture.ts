import { cartUpdated } from '../../schemas/cart_updated.ts';
import { customer } from '../../schemas/customer.ts';
import { order } from '../../schemas/order.ts';
import { product } from '../../schemas/product.ts';
import { productViewed } from '../../schemas/product_viewed.ts';
import type { Change, Sent } from './store.ts';

type Line = readonly [productId: string, quantity: number, amount: number];

/** An order: placed, and then moved along. */
interface Story {
  readonly id: string;
  readonly customerId: string;
  readonly placedAt: string;
  readonly lines: readonly Line[];
  readonly currency?: string;
  readonly moves?: readonly (readonly [status: string, time: string])[];
}

const orderChanges = ({ id, customerId, placedAt, lines, currency = 'USD', moves = [] }: Story): Change[] => {
  const money = (amount: number) => ({ amount, currency });
  const item = {
    id,
    customerId,
    placedAt,
    lines: lines.map(([productId, quantity, amount]) => ({ productId, quantity, amount: money(amount) })),
    total: money(lines.reduce((sum, [, , amount]) => sum + amount, 0)),
  };
  return [['placed', placedAt] as const, ...moves].map(([status, time]) => ({
    entity: order,
    item: { ...item, status },
    time,
  }));
};

const ORDERS: readonly Story[] = [
  {
    id: 'o1',
    customerId: 'ann',
    placedAt: '2026-01-10T10:00:00.000Z',
    lines: [
      ['blue', 2, 2000],
      ['lamp', 1, 500],
    ],
    moves: [
      ['paid', '2026-01-10T10:05:00Z'],
      ['shipped', '2026-01-11T08:00:00Z'],
      ['delivered', '2026-01-12T08:00:00Z'],
    ],
  },
  {
    id: 'o2',
    customerId: 'cyd',
    placedAt: '2026-02-01T00:00:00.000Z',
    lines: [
      ['blue', 1, 1000],
      ['lamp', 1, 500],
    ],
    moves: [['paid', '2026-02-02T00:00:00Z']],
  },
  {
    id: 'o3',
    customerId: 'ann',
    placedAt: '2026-02-20T09:00:00.000Z',
    lines: [['blue', 1, 1000]],
    moves: [['paid', '2026-02-20T09:01:00Z']],
  },
  {
    id: 'o4',
    customerId: 'bob',
    placedAt: '2026-02-20T23:59:00.000Z',
    lines: [['gone', 1, 700]],
    moves: [['paid', '2026-02-21T00:59:00Z']],
  },
  {
    id: 'o5',
    customerId: 'bob',
    placedAt: '2026-03-05T00:00:00.000Z',
    lines: [['lamp', 2, 900]],
    currency: 'EUR',
  },
  {
    id: 'o6',
    customerId: 'ann',
    placedAt: '2026-03-06T00:00:00.000Z',
    lines: [['blue', 1, 1000]],
    moves: [['cancelled', '2026-03-06T01:00:00Z']],
  },
  {
    id: 'o7',
    customerId: 'bob',
    placedAt: '2026-03-28T12:00:00.000Z',
    lines: [['blue', 7, 7000]],
    moves: [['paid', '2026-03-28T12:30:00Z']],
  },
];

const productChange = (
  time: string,
  id: string,
  { category = 'music', amount = 1000, stock = 0, removed = false } = {},
): Change => ({
  entity: product,
  item: { id, name: `The ${id}`, category, price: { amount, currency: 'USD' }, stock, tags: [] },
  time,
  removed,
});

const PRODUCTS: readonly Change[] = [
  productChange('2026-01-01T00:00:00Z', 'blue', { amount: 900, stock: 20 }),
  productChange('2026-01-05T06:00:00Z', 'blue', { stock: 20 }),
  productChange('2026-03-28T12:00:00Z', 'blue', { stock: 5 }),
  productChange('2026-01-01T00:00:00Z', 'red'),
  productChange('2026-01-01T00:00:00Z', 'lamp', { category: 'home', stock: 100 }),
  productChange('2026-01-01T00:00:00Z', 'gone', { stock: 1 }),
  productChange('2026-02-25T00:00:00Z', 'gone', { stock: 1, removed: true }),
];

const CUSTOMERS: readonly Change[] = ['ann', 'bob', 'cyd'].map((id) => ({
  entity: customer,
  item: { id, email: `${id}@example.com`, name: id },
  time: '2026-01-01T00:00:00Z',
}));

/** Every change of a small store, in order of time for each kind of record. */
export const CHANGES: readonly Change[] = [
  ...CUSTOMERS,
  ...PRODUCTS,
  ...ORDERS.flatMap(orderChanges),
].toSorted((one, other) => Date.parse(one.time) - Date.parse(other.time));

const viewed = (time: string, sessionId: string, more: object = {}): Sent => ({
  event: productViewed,
  time,
  data: { productId: 'blue', sessionId, ...more },
});

const carted = (time: string, sessionId: string, quantity: number, more: object = {}): Sent => ({
  event: cartUpdated,
  time,
  data: { sessionId, items: [{ productId: 'blue', quantity }], ...more },
});

/** What its visitors did; one of the events arrived days later. */
export const SENT: readonly Sent[] = [
  viewed('2026-01-10T09:00:00Z', 's1'),
  carted('2026-01-10T09:10:00Z', 's1', 2, { customerId: 'ann' }),
  viewed('2026-01-10T11:00:00Z', 's2'),
  carted('2026-01-10T11:01:00Z', 's2', 0),
  { ...viewed('2026-01-10T12:00:00Z', 's3', { customerId: 'cyd' }), receivedAt: '2026-03-02T00:00:00Z' },
  viewed('2026-02-20T08:00:00Z', 's4', { customerId: 'ann' }),
  viewed('2026-02-20T23:00:00Z', 's5', { customerId: 'bob' }),
  carted('2026-02-20T23:30:00Z', 's5', 1, { customerId: 'bob' }),
  carted('2026-03-30T00:00:00Z', 's6', 2),
];
