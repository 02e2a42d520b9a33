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

type Item = Readonly<Record<string, unknown>> & { readonly version: number };

/** How records of an entity begin, and what of them changes later. */
interface Life {
  readonly born: (random: Random, index: number) => Item;
  readonly changed: (random: Random, item: Item, index: number) => Item;
}

const orders: Life = {
  born: (random, index) => {
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
      ...(random() < 0.2 ? { note: `Please ring ${index}, "the bell" is broken – dank je wel` } : {}),
      version: 1,
      createdAt: instant(index),
      updatedAt: instant(index + 10),
      schemaVersion: 1,
    };
  },
  changed: (random, item, index) => ({
    ...item,
    status: pick(random, STATUSES),
    version: item.version + 1,
    updatedAt: instant(index + 10),
  }),
};

const customers: Life = {
  born: (random, index) => ({
    id: `customer-${index}`,
    email: `person.${index}@mail.example`,
    name: `Zoë ${below(random, 10_000)} van der Berg`,
    country: pick(random, COUNTRIES),
    version: 1,
    createdAt: instant(index),
    updatedAt: instant(index + 5),
    schemaVersion: 1,
  }),
  changed: (random, item, index) => ({
    ...item,
    country: pick(random, COUNTRIES),
    version: item.version + 1,
    updatedAt: instant(index + 5),
  }),
};

const KINDS = [
  { name: 'INSERT', until: 0.6 },
  { name: 'MODIFY', until: 0.95 },
  { name: 'REMOVE', until: 1 },
] as const;

type Kind = (typeof KINDS)[number]['name'];

const streamRecord = (table: string, item: Item, index: number, eventName: Kind): SourceRecord => {
  const image = marshall(item) as unknown as AttributeMap;
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

/** Changes of a table: 60 % are of new records, the others of records that began earlier in it. */
const changesOf = (
  table: string,
  { born, changed }: Life,
  length: number,
  random: Random,
): SourceRecord[] => {
  const living: Item[] = [];
  const records = Array.from({ length }, (_, index) => {
    const roll = random();
    const place = below(random, living.length);
    const known = living[place];
    const kind = known ? (KINDS.find(({ until }) => roll < until)?.name ?? 'INSERT') : 'INSERT';
    const item = known && kind !== 'INSERT' ? changed(random, known, index) : born(random, index);
    if (kind === 'INSERT') living.push(item);
    else if (kind === 'MODIFY') living[place] = item;
    else living.splice(place, 1);
    return streamRecord(table, item, index, kind);
  });
  return asDelivered(records);
};

/** How many changes of orders, and of customers. */
export interface Mix {
  readonly orders: number;
  readonly customers: number;
}

/**
 * Changes of orders (one to five lines, a fifth with a note) and of customers, the same for the same seed.
 *
 * @example
 * const { orders, customers } = benchInput({ orders: 750, customers: 250 }, 1);
 */
export const benchInput = (mix: Mix, seed: number) => {
  const random = seeded(seed);
  return {
    orders: changesOf('tailrace-bench-order', orders, mix.orders, random),
    customers: changesOf('tailrace-bench-customer', customers, mix.customers, random),
  };
};
