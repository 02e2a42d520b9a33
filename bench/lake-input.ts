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

const FIRST_SECOND = Date.UTC(2026, 0, 1) / 1000;
const DAY_SECONDS = 24 * 60 * 60;
const STATUSES = ['placed', 'paid', 'shipped', 'delivered'];

const money = (amount: number) => ({ M: { amount: { N: String(amount) }, currency: { S: 'EUR' } } });

const lineOf = (below: (limit: number) => number, amount: number) => ({
  M: {
    productId: { S: `product-${below(1000)}` },
    quantity: { N: String(1 + below(9)) },
    amount: money(amount),
  },
});

const imageOf = (below: (limit: number) => number, key: number, version: number, second: number) => {
  const amounts = Array.from({ length: 1 + below(4) }, () => below(20_000));
  const time = { S: new Date(second * 1000 + below(1000)).toISOString() };
  return {
    id: { S: `order-${String(key).padStart(9, '0')}` },
    customerId: { S: `customer-${key % 20_000}` },
    lines: { L: amounts.map((amount) => lineOf(below, amount)) },
    total: money(amounts.reduce((sum, amount) => sum + amount, 0)),
    status: { S: STATUSES[Math.min(version - 1, 3)] ?? 'placed' },
    placedAt: { S: new Date((FIRST_SECOND - key) * 1000).toISOString() },
    version: { N: String(version) },
    createdAt: { S: new Date((FIRST_SECOND - key) * 1000).toISOString() },
    updatedAt: time,
    schemaVersion: { N: '1' },
  };
};

/**
 * The same changes for the same numbers: `total` changes of `keys` orders, spread evenly over so many days.
 *
 * @example
 * changeSource({ keys: 20_000, total: 200_000, days: 20 }).next(1000).records
 */
export const changeSource = ({
  keys,
  total,
  days,
}: {
  readonly keys: number;
  readonly total: number;
  readonly days: number;
}): ChangeSource => {
  const random = seeded(keys);
  const below = (limit: number): number => Math.floor(random() * limit);
  const versions = new Uint32Array(keys);
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
        NewImage: imageOf(below, key, version, second),
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
