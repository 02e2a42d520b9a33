import { PROBLEMS, type ProblemCode } from '../../core/http/problem.ts';
import type { Real } from './steps.ts';

/** Who calls: two customers, a person of no group, somebody of the staff, a machine, and one without a token. */
export const CALLERS = ['ann', 'bob', 'cleo', 'staff', 'machine', 'nobody'] as const;
export type Caller = (typeof CALLERS)[number];

/** What each may claim. An owner is a person; a machine owns nothing. */
const HELD: Readonly<Record<Caller, readonly string[]>> = {
  ann: ['owner', 'customer'],
  bob: ['owner', 'customer'],
  cleo: ['owner'],
  staff: ['staff'],
  machine: ['orders.read', 'products.read'],
  nobody: [],
};

export type EntityName = 'customer' | 'product' | 'order';
export type Record_ = Readonly<Record<string, unknown>> & { readonly id: string; readonly version: number };

/** Who may do what, said once more than in the schemas, by hand. What is not here is for staff. */
const MAY: Readonly<Record<EntityName, Readonly<Record<string, readonly string[]>>>> = {
  customer: {
    create: ['owner', 'staff'],
    read: ['owner', 'staff', 'customers.read'],
    list: ['owner', 'staff'],
    patch: ['owner', 'staff'],
  },
  product: { read: ['customer', 'staff', 'products.read'], list: ['customer', 'staff', 'products.read'] },
  order: {
    create: ['owner', 'staff'],
    read: ['owner', 'staff', 'orders.read'],
    list: ['owner', 'staff', 'orders.read'],
    cancel: ['owner', 'staff'],
  },
};

/** How a request ends: a problem, or a status and the body the caller should see. */
export interface Outcome {
  readonly status: number;
  readonly problem?: ProblemCode;
  /** Changes the world, and gives the body expected. It is told the body answered, for what only the server knows. */
  readonly settle?: (answered: Record_) => unknown;
  readonly etag?: () => string;
  readonly replayed?: boolean;
}

/** An answer that is kept for who sends the same again. */
export interface Receipt {
  readonly request: string;
  readonly status: number;
  readonly record: Record_;
  readonly day: number;
}

/** All there should be, kept in memory. */
export interface World {
  readonly subjects: Readonly<Record<Caller, string>>;
  readonly records: Readonly<Record<EntityName, Map<string, Record_>>>;
  /** Every id there ever was: what was deleted is asked for too. */
  readonly ids: Readonly<Record<EntityName, string[]>>;
  readonly receipts: Map<string, Receipt>;
  /** By caller and key: the id of what a key made. */
  readonly made: Map<string, string>;
  /** Requests with a key, to be sent again. */
  readonly keyed: { readonly text: string; readonly again: (world: World, real: Real) => Promise<void> }[];
  /** Days that have passed. */
  day: number;
}

/** A world with nobody in it; `run` tells its callers from those of other runs. */
export const emptyWorld = (run: string): World => ({
  subjects: Object.fromEntries(CALLERS.map((caller) => [caller, `${caller}-${run}`])) as World['subjects'],
  records: { customer: new Map(), product: new Map(), order: new Map() },
  ids: { customer: [], product: [], order: [] },
  receipts: new Map(),
  made: new Map(),
  keyed: [],
  day: 0,
});

/** The outcome of a request that is refused. */
export const refused = (problem: ProblemCode): Outcome => ({ status: PROBLEMS[problem].status, problem });

/** How far a caller may go: with every record, with their own, with none. */
export const reachOf = (caller: Caller, entity: EntityName, work: string): 'all' | 'own' | 'none' => {
  const grants = MAY[entity][work] ?? ['staff'];
  const held = HELD[caller].filter((one) => grants.includes(one));
  if (held.some((one) => one !== 'owner')) return 'all';
  return held.length > 0 ? 'own' : 'none';
};

/** Why a caller gets nothing at all; undefined when they get something. */
export const denied = (caller: Caller, entity: EntityName, work: string): Outcome | undefined => {
  if (caller === 'nobody') return refused('unauthorized');
  return reachOf(caller, entity, work) === 'none' ? refused('forbidden') : undefined;
};

/** The record a caller sees under an id. */
export const seen = (
  world: World,
  { caller, entity, work, id }: { caller: Caller; entity: EntityName; work: string; id: string },
): Record_ | undefined => {
  const record = world.records[entity].get(id);
  const owner = entity === 'customer' ? record?.id : record?.customerId;
  return reachOf(caller, entity, work) === 'all' || owner === world.subjects[caller] ? record : undefined;
};

/** Puts a record into the world. */
export const keep = (world: World, entity: EntityName, record: Record_): Record_ => {
  world.records[entity].set(record.id, record);
  if (!world.ids[entity].includes(record.id)) world.ids[entity].push(record.id);
  return record;
};

/** Adds to the stock of a product, if it is still sold. Who deletes an order is not told when that was. */
export const restock = (
  world: World,
  { id, pieces, at }: { id: string; pieces: number; at: unknown },
): void => {
  const product = world.records.product.get(id);
  if (!product) return;
  const stock = Number(product.stock) + pieces;
  keep(world, 'product', { ...product, stock, version: product.version + 1, updatedAt: at });
};
