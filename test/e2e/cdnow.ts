import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const BESIDE = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'cdnow');
const FILE = join(process.env['CDNOW_FOLDER'] ?? BESIDE, 'CDNOW_master.txt');

/** Whether the purchase history of the CDNOW store lies beside this checkout, or in the folder `CDNOW_FOLDER` names. */
export const hasCdnow = existsSync(FILE);

/** What is published of the data set, and computed from its file. */
export const CDNOW = { orders: 69_659, customers: 23_570, units: 167_881, cents: 250_031_563 } as const;

/** Whether all of it is taken, as `npm run test:cdnow` does; else the purchases of every tenth customer. */
export const isWhole = process.env['CDNOW'] === 'whole';

const isTaken = ({ customer }: Purchase): boolean => isWhole || customer.endsWith('1');

/** A line of the file. */
export interface Purchase {
  readonly customer: string;
  readonly day: string;
  readonly units: number;
  readonly cents: number;
}

const parse = (line: string): Purchase => {
  const [customer = '', day = '', units = '', dollars = ''] = line.trim().split(/\s+/);
  const [whole = '0', fraction = ''] = dollars.split('.');
  return {
    customer,
    day,
    units: Number(units),
    cents: Number(whole) * 100 + Number(fraction.padEnd(2, '0')),
  };
};

/** Every line of the file. */
export const readWholeCdnow = (): Purchase[] =>
  readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parse);

/** The purchases that are taken. */
export const readCdnow = (): Purchase[] => readWholeCdnow().filter(isTaken);

/** Midnight of a day of the file, `19970101`, ISO 8601. */
export const isoOf = (day: string): string =>
  `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T00:00:00.000Z`;

const usd = (cents: number) => ({ amount: cents, currency: 'USD' });

const toOrder = ({ customer, day, units, cents }: Purchase, sequence: number) => ({
  id: `${customer}-${sequence}`,
  customerId: customer,
  lines: [{ productId: 'cd', quantity: units, amount: usd(cents) }],
  total: usd(cents),
  status: 'delivered',
  placedAt: isoOf(day),
  createdAt: isoOf(day),
});

const toCustomer = (customer: string, day: string) => ({
  id: customer,
  email: `customer-${customer}@example.com`,
  name: `Customer ${customer}`,
  createdAt: isoOf(day),
});

/** Writes the history as records of the store: `customers.ndjson` and `orders.ndjson` in a folder. */
export const writeCdnow = async (folder: string): Promise<{ customers: string; orders: string }> => {
  const paths = { customers: join(folder, 'customers.ndjson'), orders: join(folder, 'orders.ndjson') };
  const [customers, orders] = [createWriteStream(paths.customers), createWriteStream(paths.orders)];
  const seen = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(FILE) })) {
    if (line.trim() === '') continue;
    const purchase = parse(line);
    if (!isTaken(purchase)) continue;
    const sequence = (seen.get(purchase.customer) ?? 0) + 1;
    seen.set(purchase.customer, sequence);
    if (sequence === 1) customers.write(`${JSON.stringify(toCustomer(purchase.customer, purchase.day))}\n`);
    orders.write(`${JSON.stringify(toOrder(purchase, sequence))}\n`);
  }
  customers.end();
  orders.end();
  await Promise.all([once(customers, 'close'), once(orders, 'close')]);
  return paths;
};
