import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from './relay-input.ts';

/** A whole record of an existing system. */
export type GeneratedRecord = Readonly<Record<string, unknown>> & { readonly id: string };

/** Records of one entity. */
export interface RecordFile {
  readonly entity: string;
  readonly records: readonly GeneratedRecord[];
}

const FIRST_INSTANT = Date.UTC(2025, 0, 1);
const MINUTE_MS = 60_000;
const STATUSES = ['placed', 'paid', 'shipped', 'delivered', 'cancelled'];
const COUNTRIES = ['NL', 'DE', 'FR', 'BE', 'PL'];

const times = (index: number) => {
  const time = new Date(FIRST_INSTANT + index * MINUTE_MS).toISOString();
  return { version: 1, createdAt: time, updatedAt: time };
};

const eur = (amount: number) => ({ amount, currency: 'EUR' });

const customerOf = (below: (limit: number) => number, index: number): GeneratedRecord => ({
  id: `customer-${index}`,
  email: `person.${index}@mail.example`,
  name: `Zoë ${below(10_000)} van der Berg`,
  country: COUNTRIES[below(COUNTRIES.length)],
  ...times(index),
});

const orderOf = (below: (limit: number) => number, index: number, customers: number): GeneratedRecord => {
  const lines = Array.from({ length: 1 + below(4) }, () => ({
    productId: `product-${below(1000)}`,
    quantity: 1 + below(9),
    amount: eur(below(20_000)),
  }));
  return {
    id: `order-${index}`,
    customerId: `customer-${below(customers)}`,
    lines,
    total: eur(lines.reduce((sum, { amount }) => sum + amount.amount, 0)),
    status: STATUSES[below(STATUSES.length)],
    placedAt: new Date(FIRST_INSTANT + index * MINUTE_MS).toISOString(),
    ...times(index),
  };
};

/** As many records as asked for, one customer to three orders, the same for the same count. */
export const generateRecords = (count: number): readonly [customers: RecordFile, orders: RecordFile] => {
  const random = seeded(1);
  const below = (limit: number): number => Math.floor(random() * limit);
  const customers = Math.ceil(count / 4);
  return [
    {
      entity: 'customer',
      records: Array.from({ length: customers }, (_, index) => customerOf(below, index)),
    },
    {
      entity: 'order',
      records: Array.from({ length: count - customers }, (_, index) => orderOf(below, index, customers)),
    },
  ];
};

/** Writes records as `tailrace import` takes them, one JSON document a line, and gives the path of the file. */
export const writeRecords = (folder: string, { entity, records }: RecordFile): string => {
  const path = join(folder, `${entity}.ndjson`);
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
};
