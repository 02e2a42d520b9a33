import {
  denied,
  keep,
  reachOf,
  refused,
  restock,
  seen,
  type Caller,
  type EntityName,
  type Outcome,
  type Record_,
  type World,
} from './world.ts';

/** A product, and how many pieces of it. */
export interface Line {
  readonly productId: string;
  readonly quantity: number;
}

/** What a client sends: fields, or fields that are wrong whatever they are. */
export interface Body {
  readonly json: Readonly<Record<string, unknown>>;
  readonly isWrong?: boolean;
}

interface Money {
  readonly amount: number;
  readonly currency: string;
}

interface Creation {
  readonly caller: Caller;
  readonly entity: EntityName;
  readonly body: Body;
  readonly key: string | undefined;
}

const emailTaken = (world: World, email: unknown, by?: string): boolean =>
  [...world.records.customer.values()].some((other) => other.email === email && other.id !== by);

/** Fields by name: what was sent is the same in any order. */
const inOrder = (fields: Body['json']): (readonly [string, unknown])[] =>
  Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1));

/** What was answered before, or that the key was for something else; undefined when the key is new. */
const repeated = (world: World, guard: string | undefined, request: string): Outcome | undefined => {
  const receipt = guard === undefined ? undefined : world.receipts.get(guard);
  if (!receipt || receipt.day !== world.day) return undefined;
  if (receipt.request !== request) return refused('idempotency-mismatch');
  const { status, record } = receipt;
  return { status, settle: () => record, etag: () => `"${record.version}"`, replayed: true };
};

const guardOf = (entity: EntityName, caller: Caller, key: string | undefined): string | undefined =>
  key === undefined ? undefined : `${entity} ${caller} ${key}`;

/** Remembers an answer under its key, for a day. */
const remember = (
  world: World,
  { guard, request, status }: { guard: string | undefined; request: string; status: number },
  record: Record_,
): Record_ => {
  if (guard !== undefined) world.receipts.set(guard, { request, status, record, day: world.day });
  return record;
};

const priceOf = (world: World, id: string): Money => world.records.product.get(id)?.price as Money;

const wantedOf = (lines: readonly Line[]): Map<string, number> => {
  const wanted = new Map<string, number>();
  for (const { productId, quantity } of lines) wanted.set(productId, (wanted.get(productId) ?? 0) + quantity);
  return wanted;
};

const orderRefusal = (world: World, customerId: unknown, lines: readonly Line[]): Outcome | undefined => {
  const { product, customer } = world.records;
  if (!customer.has(String(customerId)) || lines.some(({ productId }) => !product.has(productId)))
    return refused('validation-failed');
  const currencies = new Set(lines.map(({ productId }) => priceOf(world, productId).currency));
  if (currencies.size > 1) return refused('validation-failed');
  const isShort = [...wantedOf(lines)].some(([id, pieces]) => pieces > Number(product.get(id)?.stock));
  return isShort ? refused('out-of-stock') : undefined;
};

const pricedOrder = (world: World, json: Body['json'], at: unknown): object => {
  const lines = (json.lines as Line[]).map((line) => {
    const { amount, currency } = priceOf(world, line.productId);
    return { ...line, amount: { amount: amount * line.quantity, currency } };
  });
  const amount = lines.reduce((sum, line) => sum + line.amount.amount, 0);
  const total = { amount, currency: lines[0]?.amount.currency };
  return { ...json, lines, total, status: 'placed', placedAt: at };
};

/** What a patch takes away comes back with its default, if it has one. */
const DEFAULTS: Readonly<Record<EntityName, object>> = { customer: {}, product: { tags: [] }, order: {} };

/** What the server makes of a draft, before it has an id and times. */
const madeOf = (world: World, entity: EntityName, json: Body['json'], at: unknown): object => {
  if (entity === 'order') return pricedOrder(world, json, at);
  return { ...DEFAULTS[entity], ...json };
};

const refusalOf = (world: World, { caller, entity }: Creation, json: Body['json'], guard?: string) => {
  if (entity === 'order') {
    const refusal = orderRefusal(world, json.customerId, json.lines as Line[]);
    if (refusal) return refusal;
  }
  const isOwn = entity === 'customer' && reachOf(caller, entity, 'create') === 'own';
  const id = isOwn ? world.subjects[caller] : world.made.get(guard ?? '');
  if (id !== undefined && world.records[entity].has(id)) return refused('already-exists');
  return entity === 'customer' && emailTaken(world, json.email) ? refused('not-unique') : undefined;
};

const create = (world: World, creation: Creation, json: Body['json'], guard: string | undefined) => {
  const { caller, entity } = creation;
  return (answered: Record_): Record_ => {
    const at = answered.createdAt;
    const isOwn = entity === 'customer' && reachOf(caller, entity, 'create') === 'own';
    const id = isOwn ? world.subjects[caller] : (world.made.get(guard ?? '') ?? answered.id);
    const record = { id, ...madeOf(world, entity, json, at), version: 1, createdAt: at, updatedAt: at };
    if (guard !== undefined) world.made.set(guard, id);
    if (entity === 'order')
      for (const [product, pieces] of wantedOf(json.lines as Line[]))
        restock(world, { id: product, pieces: -pieces, at });
    return keep(world, entity, record);
  };
};

/** `POST /customers`, `/products` and `/orders`. */
export const creating = (world: World, creation: Creation): Outcome => {
  const { caller, entity, body, key } = creation;
  const no = denied(caller, entity, 'create');
  if (no) return no;
  const isOwn = entity === 'order' && reachOf(caller, entity, 'create') === 'own';
  const subject = world.subjects[caller];
  const json = isOwn ? { customerId: subject, ...body.json } : body.json;
  if (isOwn && json.customerId !== subject) return refused('forbidden');
  if (body.isWrong || (entity === 'order' && json.customerId === undefined))
    return refused('validation-failed');
  const guard = guardOf(entity, caller, key);
  const request = JSON.stringify(['create', inOrder(json)]);
  const settle = create(world, creation, json, guard);
  return (
    repeated(world, guard, request) ??
    refusalOf(world, creation, json, guard) ?? {
      status: 201,
      settle: (answered) => remember(world, { guard, request, status: 201 }, settle(answered)),
      etag: () => '"1"',
    }
  );
};

/** Which version a change is for: one that is there or not, or what is no version. */
export type IfMatch = 'none' | 'any' | 'current' | 'stale' | 'garbage';

/** The header of a condition. */
export const ifMatchHeader = (condition: IfMatch, version = 1): Record<string, string> => {
  const values = { any: '*', current: `"${version}"`, stale: `"${version + 7}"`, garbage: 'nonsense' };
  return condition === 'none' ? {} : { 'if-match': values[condition] };
};

interface Change {
  readonly caller: Caller;
  readonly entity: EntityName;
  readonly work: string;
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The record to be changed, or why it is not changed. */
const current = (world: World, change: Change): Record_ | Outcome => {
  const no = denied(change.caller, change.entity, change.work);
  if (no) return no;
  const version = change.headers['if-match'] ?? '*';
  if (!/^(\*|"\d+")$/.test(version)) return refused('precondition-failed');
  const record = seen(world, change);
  if (!record) return refused('not-found');
  return version === '*' || version === `"${record.version}"` ? record : refused('precondition-failed');
};

const isOutcome = (value: Record_ | Outcome): value is Outcome => !('version' in value);

const merged = (entity: EntityName, record: Record_, patch: Body['json']): Record_ => {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  const parts = Object.entries(patch).map(([name, value]) => [
    name,
    isObject(value) ? { ...(record[name] as object), ...(value as object) } : value,
  ]);
  const all = { ...record, ...Object.fromEntries(parts) } as Record<string, unknown>;
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  return { ...DEFAULTS[entity], ...kept } as Record_;
};

/** `PATCH` of one record. */
export const patching = (world: World, change: Omit<Change, 'work'>, body: Body): Outcome => {
  const found = current(world, { ...change, work: 'patch' });
  if (isOutcome(found)) return found;
  if (body.isWrong) return refused('validation-failed');
  const next = merged(change.entity, found, body.json);
  if (change.entity === 'customer' && emailTaken(world, next.email, found.id)) return refused('not-unique');
  const isSame = JSON.stringify(inOrder(next)) === JSON.stringify(inOrder(found));
  const version = isSame ? found.version : found.version + 1;
  return {
    status: 200,
    etag: () => `"${version}"`,
    settle: ({ updatedAt }) => (isSame ? found : keep(world, change.entity, { ...next, version, updatedAt })),
  };
};

const giveBack = (world: World, { lines }: Record_, at: unknown): void => {
  for (const [id, pieces] of wantedOf(lines as Line[])) restock(world, { id, pieces, at });
};

/** `DELETE` of one record. */
export const deleting = (world: World, change: Omit<Change, 'work'>): Outcome => {
  const found = current(world, { ...change, work: 'delete' });
  if (isOutcome(found)) return found;
  const { order } = world.records;
  const isReferred = [...order.values()].some(({ customerId }) => customerId === found.id);
  if (change.entity === 'customer' && isReferred) return refused('still-referenced');
  return {
    status: 204,
    settle: () => {
      world.records[change.entity].delete(found.id);
      if (change.entity === 'order' && ['placed', 'paid'].includes(String(found.status)))
        giveBack(world, found, undefined);
      return undefined;
    },
  };
};

export type Action = 'pay' | 'ship' | 'deliver' | 'cancel';

const MOVES: Readonly<Record<Action, { readonly from: readonly string[]; readonly to: string }>> = {
  pay: { from: ['placed'], to: 'paid' },
  ship: { from: ['paid'], to: 'shipped' },
  deliver: { from: ['shipped'], to: 'delivered' },
  cancel: { from: ['placed', 'paid'], to: 'cancelled' },
};

/** Every action there is. */
export const ACTIONS = Object.keys(MOVES) as Action[];

/** The action that leads on from a state. */
export const nextAction = (status: unknown): Action =>
  ACTIONS.find((action) => MOVES[action].from.includes(String(status))) ?? 'pay';

/** `POST /orders/{id}/pay` and the other actions. */
export const acting = (
  world: World,
  change: Omit<Change, 'work' | 'entity'> & { action: Action; key: string | undefined },
): Outcome => {
  const { caller, action, key, id } = change;
  const no = denied(caller, 'order', action);
  if (no) return no;
  const guard = guardOf('order', caller, key);
  const request = JSON.stringify([action, id]);
  const again = repeated(world, guard, request);
  if (again) return again;
  const found = current(world, { ...change, entity: 'order', work: action });
  if (isOutcome(found)) return found;
  const { from, to } = MOVES[action];
  if (!from.includes(String(found.status))) return refused('illegal-move');
  return {
    status: 200,
    etag: () => `"${found.version + 1}"`,
    settle: ({ updatedAt }) => {
      if (to === 'cancelled') giveBack(world, found, updatedAt);
      const next = { ...found, status: to, version: found.version + 1, updatedAt };
      return remember(world, { guard, request, status: 200 }, keep(world, 'order', next));
    },
  };
};
