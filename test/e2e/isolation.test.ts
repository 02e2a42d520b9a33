import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { writeApplication } from './application.ts';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const [folder, application] = [makeFolder(), makeFolder()];
let tailrace: Tailrace;

const setFaults = async (...faults: object[]): Promise<void> => {
  const answer = await fetch(`${tailrace.aws}/_tailrace/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ faults }),
  });
  expect(answer.status).toBe(200);
};

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** A body but for what differs from run to run: identifiers and times. */
const masked = (text: string): unknown => {
  const same = text
    .replaceAll(/"requestId":"[^"]+"/g, '"requestId":"<id>"')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
  return same === '' ? undefined : JSON.parse(same);
};

/** One life of the store as its clients see it, and the ids it made. */
const live = async (name: string): Promise<{ answers: Answered[]; orders: string[] }> => {
  const answers: Answered[] = [];
  const call = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await tailrace.call(method, path, body);
    const text = await response.text();
    answers.push({ status: response.status, body: masked(text.replaceAll(name, '<name>')) });
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  const customer = await call('POST', '/customers', { email: `${name}@example.com`, name });
  const price = { amount: 700, currency: 'EUR' };
  const product = await call('POST', '/products', { name, category: name, price, stock: 9 });
  const lines = [{ productId: product.id, quantity: 2 }];
  const placed = { customerId: customer.id, lines };
  const orders = [await call('POST', '/orders', placed), await call('POST', '/orders', placed)].map(
    ({ id }) => String(id),
  );
  await call('POST', `/orders/${orders[0]}/pay`);
  await call('POST', `/orders/${orders[0]}/deliver`);
  await call('POST', `/orders/${orders[1]}/cancel`);
  await call('DELETE', `/orders/${orders[1]}`);
  await call('PATCH', `/products/${String(product.id)}`, { stock: 1 });
  await call('GET', `/products?category=${name}`);
  await call('GET', `/orders/${orders[0]}`);
  await call('DELETE', `/customers/${String(customer.id)}`);
  await call('POST', '/orders', { customerId: 'nobody', lines: [] });
  return { answers, orders };
};

const orders: string[] = [];
let alone: Answered[];

const answersOf = async (name: string): Promise<Answered[]> => {
  const life = await live(name);
  orders.push(...life.orders);
  return life.answers;
};

beforeAll(async () => {
  tailrace = await startTailrace({
    dataDir: folder,
    assembly: writeApplication(inject('assemblies')!.martless, application),
  });
  alone = await answersOf('alone');
  await tailrace.kill();
  tailrace = await startTailrace({ dataDir: folder, marts: false });
});

afterAll(async () => {
  await tailrace.stop();
  removeFolder(folder);
  removeFolder(application);
});

const every = (on: string, kind: string, of?: string) => ({ on, kind, probability: 1, ...(of && { of }) });

describe('the API answers as ever', () => {
  test('with the lake stack absent', async () => {
    expect(alone).toEqual(await answersOf('together'));
    expect(alone.map(({ status }) => status)).toEqual([
      201, 201, 201, 201, 200, 409, 200, 204, 200, 200, 200, 409, 400,
    ]);
  });

  test.each([
    ['Firehose refusing everything', 'firehose', every('firehose:*', 'throttle')],
    ['Athena saturated', 'athena', every('athena:*', 'throttle')],
    ['the relay failing every call', 'relay', every('lambda:Invoke', 'error', '*relay*')],
  ])('with %s', async (_, name, fault) => {
    await setFaults(fault);

    expect(await answersOf(name)).toEqual(alone);
  });
});

test('when the lake comes back, everything held in the streams arrives, in order, once', async () => {
  await setFaults();
  await tailrace.flush();

  const rows = await tailrace.sql(
    'SELECT id, change_operation, change_version FROM orders_history ORDER BY id, change_sequence',
  );
  const kept = ['insert', 'modify'];
  const gone = ['insert', 'modify', 'remove'];
  const versions = orders.flatMap((id, index) =>
    (index % 2 === 0 ? kept : gone).map((operation, version) => ({
      id,
      change_operation: operation,
      change_version: version + 1,
    })),
  );
  const byId = Map.groupBy(versions, ({ id }) => id);
  expect(rows).toEqual([...byId.keys()].toSorted().flatMap((id) => byId.get(id)!));
});
