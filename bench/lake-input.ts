import { changeRowWriter, type StreamRecord } from '../core/lake/change-row.ts';
import { NO_KEYS } from '../core/privacy/subject-key.ts';
import { createRows, endRow, packRows } from '../functions/shared/firehose/pack.ts';
import { order } from '../schemas/order.ts';
import { seeded } from './relay-input.ts';

/** Changes of the same orders over and over: each order is made once, then changed in random order. */
export interface ChangeSource {
  /** Packed Firehose records of the next changes, and the bytes of their rows as JSON. */
  next(count: number): { readonly records: readonly Buffer[]; readonly bytes: number };
}

/** An order as it was first: cents of EUR. */
export interface FirstOrder {
  readonly customerId: string;
  readonly placedAt: string;
  readonly productId: string;
  readonly quantity: number;
  readonly amount: number;
}

const FIRST_SECOND = Date.UTC(2026, 0, 1) / 1000;
const DAY_SECONDS = 24 * 60 * 60;
const STATUSES = ['placed', 'paid', 'shipped', 'delivered'];

const money = (amount: number) => ({ M: { amount: { N: String(amount) }, currency: { S: 'EUR' } } });

type Below = (limit: number) => number;

/** An order that nobody made, by its number. */
const inventedOrder = (below: Below, key: number): FirstOrder => ({
  customerId: `customer-${key % 20_000}`,
  placedAt: new Date((FIRST_SECOND - key) * 1000).toISOString(),
  productId: `product-${below(1000)}`,
  quantity: 1 + below(9),
  amount: below(20_000),
});

type Line = Pick<FirstOrder, 'productId' | 'quantity' | 'amount'>;

const lineOf = ({ productId, quantity, amount }: Line) => ({
  M: { productId: { S: productId }, quantity: { N: String(quantity) }, amount: money(amount) },
});

/** What an order consists of at a version: what it was first, then anything. */
const linesOf = (below: Below, first: FirstOrder, version: number): Line[] =>
  version === 1
    ? [first]
    : Array.from({ length: 1 + below(4) }, () => ({
        productId: `product-${below(1000)}`,
        quantity: 1 + below(9),
        amount: below(20_000),
      }));

interface Change {
  readonly key: number;
  readonly version: number;
  /** Seconds since 1970. */
  readonly second: number;
}

const imageOf = (below: Below, first: FirstOrder, { key, version, second }: Change) => {
  const lines = linesOf(below, first, version);
  return {
    id: { S: `order-${String(key).padStart(9, '0')}` },
    customerId: { S: first.customerId },
    lines: { L: lines.map(lineOf) },
    total: money(lines.reduce((sum, { amount }) => sum + amount, 0)),
    status: { S: STATUSES[Math.min(version - 1, 3)] ?? 'placed' },
    placedAt: { S: first.placedAt },
    version: { N: String(version) },
    createdAt: { S: first.placedAt },
    updatedAt: { S: new Date(second * 1000 + below(1000)).toISOString() },
    schemaVersion: { N: '1' },
  };
};

/**
 * The same changes for the same numbers: `total` changes of `keys` orders, those given or invented ones, spread evenly over so
 * many days.
 *
 * @example
 * changeSource({ keys: 20_000, total: 200_000, days: 20 }).next(1000).records
 */
export const changeSource = ({
  keys,
  total,
  days,
  orders,
}: {
  readonly keys: number;
  readonly total: number;
  readonly days: number;
  readonly orders?: readonly FirstOrder[];
}): ChangeSource => {
  const random = seeded(keys);
  const below = (limit: number): number => Math.floor(random() * limit);
  const versions = new Uint32Array(keys);
  const firstOf = (key: number): FirstOrder => orders?.[key] ?? inventedOrder(below, key);
  const write = changeRowWriter(order);
  let made = 0;
  const recordOf = (): StreamRecord => {
    const key = made < keys ? made : below(keys);
    versions[key] = (versions[key] ?? 0) + 1;
    const version = versions[key] ?? 1;
    const second = FIRST_SECOND + Math.floor((made / total) * days * DAY_SECONDS);
    made += 1;
    return {
      eventID: `bench-${made}`,
      eventName: version === 1 ? 'INSERT' : 'MODIFY',
      dynamodb: {
        ApproximateCreationDateTime: second,
        SequenceNumber: String(100_000_000_000_000_000_000_000n + BigInt(made)),
        NewImage: imageOf(below, firstOf(key), { key, version, second }),
      },
    };
  };
  return {
    next: (count) => {
      const rows = createRows(count * 900);
      for (let index = 0; index < count; index += 1) {
        const issues = write(recordOf(), rows.sink, NO_KEYS);
        if (issues) throw new Error(`A generated change does not fit: ${JSON.stringify(issues)}`);
        endRow(rows);
      }
      return { records: packRows(rows).map(({ data }) => data), bytes: rows.sink.at - count };
    },
  };
};
