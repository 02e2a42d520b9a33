import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import type { Tailrace } from '../e2e/tailrace.ts';
import type { Known, Ledger } from './ledger.ts';
import { chosenBy } from './plan.ts';

const ACTIONS = ['pay', 'ship', 'deliver', 'cancel'] as const;
const KINDS = ['customer', 'product', 'order', 'change', 'change', 'act', 'act', 'delete', 'poison'] as const;

const step = fc.record({
  kind: fc.constantFrom(...KINDS),
  pick: fc.nat(1000),
  quantity: fc.integer({ min: 1, max: 3 }),
  once: fc.boolean(),
  guarded: fc.boolean(),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Body = Readonly<Record<string, unknown>>;

/** Where a client works, and what it writes down. */
export interface Place {
  readonly tailrace: Tailrace;
  readonly ledger: Ledger;
  /** Products anybody may order. */
  readonly shelf: readonly string[];
  readonly seed: number;
}

interface Client extends Place {
  readonly name: string;
  /** Ids of own records, with what they are and the version a client last saw. */
  readonly own: Map<string, { readonly entity: string; version: number }>;
  written: number;
}

type Told = { readonly kind: 'done'; readonly body: Body | null } | { readonly kind: 'refused' | 'unknown' };

const tokens = new WeakMap<Tailrace, Promise<string>>();

const tokenOf = (tailrace: Tailrace): Promise<string> => {
  const token = tokens.get(tailrace) ?? tailrace.token();
  tokens.set(tailrace, token);
  return token;
};

/** A connection that breaks tells nothing, as a fault of the service tells nothing. Everything else is an answer. */
const send = async ({ tailrace }: Place, method: string, path: string, body: unknown, headers: Body = {}) => {
  const authorization = `Bearer ${await tokenOf(tailrace)}`;
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = { authorization, 'content-type': 'application/json', ...headers } as Record<string, string>;
  const response = await fetch(`${tailrace.api}${path}`, { method, headers: type, ...sent });
  return { status: response.status, text: await response.text() };
};

const tell = async (
  place: Place,
  method: string,
  path: string,
  body?: unknown,
  headers?: Body,
): Promise<Told> => {
  try {
    const { status, text } = await send(place, method, path, body, headers);
    if (status >= 500) return { kind: 'unknown' };
    if (status >= 400) return { kind: 'refused' };
    return { kind: 'done', body: text === '' ? null : (JSON.parse(text) as Body) };
  } catch {
    return { kind: 'unknown' };
  }
};

/** A text that stands in one write alone, and in what it wrote. */
const stampOf = (client: Client): string => {
  client.written += 1;
  return `planted-${client.name}-${client.written}`;
};

const note = (client: Client, entity: string, body: Body): void => {
  const id = String(body.id);
  const version = Number(body.version);
  const known: Known = client.ledger.known.get(id) ?? {
    entity,
    seed: client.seed,
    acknowledged: new Map(),
    open: false,
  };
  known.acknowledged.set(version, body);
  client.ledger.known.set(id, known);
  client.own.set(id, { entity, version });
};

const PATHS: Readonly<Record<string, string>> = {
  customer: '/customers',
  product: '/products',
  order: '/orders',
};

/** Sends a create, and once more with the same key where it has one, as a client does that heard nothing. */
const create = async (
  client: Client,
  entity: string,
  { once }: Step,
  body: Body,
  stamp: string,
): Promise<void> => {
  const headers = once ? { 'idempotency-key': randomUUID() } : {};
  let told = await tell(client, 'POST', PATHS[entity]!, body, headers);
  const tries = once ? 3 : 1;
  for (let tried = 1; told.kind === 'unknown' && tried < tries; tried += 1)
    told = await tell(client, 'POST', PATHS[entity]!, body, headers);
  const { ledger, seed } = client;
  if (told.kind === 'done') note(client, entity, told.body!);
  else ledger[told.kind === 'refused' ? 'refused' : 'lost'].push({ entity, seed, stamp });
};

const pickOwn = (client: Client, pick: number, ...entities: string[]) => {
  const own = [...client.own].filter(([, { entity }]) => entities.includes(entity));
  return own[pick % Math.max(1, own.length)];
};

const isOpen = (client: Client, id: string): void => {
  client.ledger.known.get(id)!.open = true;
};

const customerBody = (stamp: string): Body => ({ email: `${stamp}@example.com`, name: stamp });

const steps: Readonly<Record<Step['kind'], (client: Client, step: Step) => Promise<void>>> = {
  customer: async (client, chosen) => {
    const stamp = stampOf(client);
    await create(client, 'customer', chosen, { ...customerBody(stamp), country: 'DE' }, stamp);
  },
  product: async (client, chosen) => {
    const stamp = stampOf(client);
    const price = { amount: chosen.pick, currency: 'USD' };
    const body = { name: stamp, category: stamp, price, stock: chosen.pick, tags: [stamp] };
    await create(client, 'product', chosen, body, stamp);
  },
  order: async (client, chosen) => {
    const [customerId] = pickOwn(client, chosen.pick, 'customer') ?? [];
    if (customerId === undefined) return;
    const stamp = stampOf(client);
    const productId = client.shelf[chosen.pick % client.shelf.length];
    const lines = [{ productId, quantity: chosen.quantity }];
    await create(client, 'order', chosen, { customerId, lines, note: stamp }, stamp);
  },
  change: async (client, { pick, guarded }) => {
    const [id, own] = pickOwn(client, pick, 'customer', 'product') ?? [];
    if (id === undefined || !own) return;
    const { entity, version } = own;
    const stamp = stampOf(client);
    const body = entity === 'customer' ? customerBody(stamp) : { name: stamp, category: stamp };
    const headers = {
      'content-type': 'application/merge-patch+json',
      ...(guarded && { 'if-match': `"${version}"` }),
    };
    const told = await tell(client, 'PATCH', `${PATHS[entity]}/${id}`, body, headers);
    if (told.kind === 'done') note(client, entity, told.body!);
    else if (told.kind === 'unknown') isOpen(client, id);
    else client.ledger.refused.push({ entity, seed: client.seed, stamp });
  },
  act: async (client, { pick }) => {
    const [id] = pickOwn(client, pick, 'order') ?? [];
    if (id === undefined) return;
    const told = await tell(client, 'POST', `/orders/${id}/${ACTIONS[pick % ACTIONS.length]}`);
    if (told.kind === 'done') note(client, 'order', told.body!);
    else if (told.kind === 'unknown') isOpen(client, id);
  },
  delete: async (client, { pick }) => {
    const [id, own] = pickOwn(client, pick, 'customer', 'product', 'order') ?? [];
    if (id === undefined || !own) return;
    const told = await tell(client, 'DELETE', `${PATHS[own.entity]}/${id}`);
    const known = client.ledger.known.get(id)!;
    if (told.kind === 'unknown') isOpen(client, id);
    if (told.kind !== 'done') return;
    known.acknowledged.set(known.open ? Infinity : own.version + 1, null);
    client.own.delete(id);
  },
  poison: async (client) => {
    const id = stampOf(client);
    const entry = { seed: client.seed, acknowledged: false };
    client.ledger.poison.set(id, entry);
    const dynamodb = new DynamoDBClient(awsOf(client.tailrace));
    try {
      const Item = { id: { S: id }, email: { S: `${id} no address` } };
      await dynamodb.send(new PutItemCommand({ TableName: 'tailrace-dev-customer', Item }));
      entry.acknowledged = true;
    } catch {
      entry.acknowledged = false;
    } finally {
      dynamodb.destroy();
    }
  },
};

/** How the SDK reaches a local cloud. */
export const awsOf = ({ aws }: Tailrace) => ({
  endpoint: aws,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** Takes away the poison, so that tables have nothing the lake cannot have. */
export const removePoison = async ({
  tailrace,
  ledger,
}: Pick<Place, 'tailrace' | 'ledger'>): Promise<void> => {
  const dynamodb = new DynamoDBClient(awsOf(tailrace));
  for (const id of ledger.poison.keys())
    await dynamodb.send(
      new DeleteItemCommand({ TableName: 'tailrace-dev-customer', Key: { id: { S: id } } }),
    );
  dynamodb.destroy();
};

/** Puts a product on the shelf, with nothing going wrong. */
export const shelve = async (place: Omit<Place, 'shelf'>, name: string): Promise<string> => {
  const stock = 200;
  const price = { amount: 100, currency: 'USD' };
  const told = await tell({ ...place, shelf: [] }, 'POST', '/products', {
    name,
    category: 'shelf',
    price,
    stock,
  });
  if (told.kind !== 'done') throw new Error(`The shelf could not be filled: ${JSON.stringify(told)}`);
  const id = String(told.body!.id);
  place.ledger.stock.set(id, stock);
  return id;
};

/** Has what was written go on its way while faults strike: what does not arrive now does so later. */
export const hurry = (tailrace: Tailrace): Promise<void> => tailrace.flush().catch(() => undefined);

/** One client: first a customer, then what the seed says, one write after the other, half-way in a hurry. */
const runClient = async (place: Place, number: number, count: number): Promise<void> => {
  const client: Client = { ...place, name: `s${place.seed}c${number}`, own: new Map(), written: 0 };
  const script = chosenBy(place.seed * 31 + number, fc.array(step, { minLength: count, maxLength: count }));
  await steps.customer(client, { ...script[0]!, once: true });
  const [before, after] = [script.slice(0, count / 2), script.slice(count / 2)];
  for (const chosen of before) await steps[chosen.kind](client, chosen);
  const hurried = hurry(place.tailrace);
  for (const chosen of after) await steps[chosen.kind](client, chosen);
  await hurried;
};

/** Several clients at once. */
export const runClients = async (place: Place, clients: number, count: number): Promise<void> => {
  await Promise.all(Array.from({ length: clients }, (_, number) => runClient(place, number, count)));
};
