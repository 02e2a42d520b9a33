import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeMap } from '../core/lake/attribute-value.ts';
import type { SourceRecord } from '../functions/relay/sort.ts';

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

type Random = () => number;

const FIRST_INSTANT = Date.UTC(2026, 0, 1);
/** About 700 changes a second. */
const MILLISECONDS_APART = 1.357;
const STATUSES = ['placed', 'paid', 'shipped', 'delivered', 'cancelled'];
const COUNTRIES = ['NL', 'DE', 'FR', 'BE', 'PL'];

const below = (random: Random, limit: number): number => Math.floor(random() * limit);

const instant = (index: number): string =>
  new Date(FIRST_INSTANT + Math.floor(index * MILLISECONDS_APART)).toISOString();

const pick = (random: Random, values: readonly string[]): string =>
  values[below(random, values.length)] ?? '';

const orderItem = (random: Random, index: number) => {
  const lines = Array.from({ length: 1 + below(random, 5) }, () => ({
    productId: `product-${below(random, 1000)}`,
    quantity: 1 + below(random, 9),
    amount: { amount: below(random, 20_000), currency: 'EUR' },
  }));
  return {
    id: `order-${String(index).padStart(12, '0')}`,
    customerId: `customer-${below(random, 20_000)}`,
    lines,
    total: { amount: lines.reduce((sum, line) => sum + line.amount.amount, 0), currency: 'EUR' },
    status: pick(random, STATUSES),
    placedAt: instant(index),
    ...(random() < 0.2 ? { note: 'Please ring twice, "the bell" is broken – dank je wel' } : {}),
    version: 1 + below(random, 4),
    createdAt: instant(index),
    updatedAt: instant(index + 10),
    schemaVersion: 1,
  };
};

const customerItem = (random: Random, index: number) => ({
  id: `customer-${index}`,
  email: `person.${index}@mail.example`,
  name: `Zoë ${below(random, 10_000)} van der Berg`,
  country: pick(random, COUNTRIES),
  version: 1 + below(random, 3),
  createdAt: instant(index),
  updatedAt: instant(index + 5),
  schemaVersion: 1,
});

const KINDS = [
  { name: 'INSERT', from: 0, until: 0.6 },
  { name: 'MODIFY', from: 0.6, until: 0.95 },
  { name: 'REMOVE', from: 0.95, until: 1 },
] as const;

const streamRecord = (
  table: string,
  item: Record<string, unknown>,
  index: number,
  roll: number,
): SourceRecord => {
  const image = marshall(item) as unknown as AttributeMap;
  const { name: eventName = 'INSERT' } = KINDS.find(({ until }) => roll < until) ?? {};
  return {
    eventID: `${String(index).padStart(8, '0')}c4a7f1e2d3b4a5968778695a`,
    eventName,
    eventSourceARN: `arn:aws:dynamodb:eu-west-1:123456789012:table/${table}/stream/2026-01-01T00:00:00.000`,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.parse(instant(index)) / 1000),
      SequenceNumber: String(100_000_000_000_000_000_000_000n + BigInt(index)),
      Keys: { id: { S: item.id } },
      ...(eventName === 'INSERT' ? {} : { OldImage: image }),
      ...(eventName === 'REMOVE' ? {} : { NewImage: image }),
    },
  };
};

/** As Lambda's runtime gives them: read from JSON. */
const asDelivered = (records: readonly SourceRecord[]): SourceRecord[] => JSON.parse(JSON.stringify(records));

/**
 * Changes of orders (one to five lines) and of customers, the same for the same seed: `count` orders and a third as
 * many customers, as in the purchase history of a real store (69,659 to 23,570).
 */
export const benchInput = (count: number, seed: number) => {
  const random = seeded(seed);
  const make = (
    table: string,
    item: (random: Random, index: number) => Record<string, unknown>,
    length: number,
  ) =>
    asDelivered(
      Array.from({ length }, (_, index) => streamRecord(table, item(random, index), index, random())),
    );
  return {
    orders: make('tailrace-bench-order', orderItem, count),
    customers: make('tailrace-bench-customer', customerItem, Math.round(count / 3)),
  };
};
