import type * as fc from 'fast-check';
import { expect } from 'vitest';
import { PROBLEMS } from '../../core/http/problem.ts';
import type { Caller, EntityName, Outcome, Record_, World } from './world.ts';

/** A request as a caller sends it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
}

/** An answer as a caller sees it. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read wherever they want
  readonly body: any;
}

/** Where the records of each entity are. */
export const PATHS: Readonly<Record<EntityName, string>> = {
  customer: '/customers',
  product: '/products',
  order: '/orders',
};

/** The API under test. */
export interface Real {
  readonly send: (caller: Caller, request: Request) => Promise<Response>;
  /** When the first request was sent, as text. */
  readonly start: string;
  /** Lets more than a day pass; missing where time cannot be moved. */
  readonly wait?: () => void;
}

export type Step = fc.AsyncCommand<World, Real>;

/** Does one thing to the world and to the API. */
export const step = (text: string, run: (world: World, real: Real) => Promise<void>): Step => ({
  check: () => true,
  run: async (world, real) => run(world, real),
  toString: () => text,
});

/** Mostly a record that is there, else one that was deleted or never was, by any number. */
export const idAt = (world: World, entity: EntityName, at: number): string => {
  const [there, ever] = [[...world.records[entity].keys()], world.ids[entity]];
  const known = at % 6 === 5 ? ever : there;
  return known[at % (known.length + (at % 6 === 5 ? 1 : 0))] ?? 'missing';
};

/** What the server alone knows is taken from the answer: when a record was last changed by the delete of another. */
const withTime = (expected: unknown, answered: unknown): unknown => {
  const record = expected as Record_ | undefined;
  return record?.updatedAt === undefined && record?.version !== undefined
    ? { ...record, updatedAt: (answered as Record_).updatedAt }
    : expected;
};

/** Holds records to what the model says of them. */
export const sameRecord = (answered: unknown, expected: unknown): void => {
  expect(answered).toEqual(withTime(expected, answered));
};

const checkHeaders = ({ headers }: Response, { etag, replayed }: Outcome): void => {
  if (etag) expect(headers.etag).toBe(etag());
  expect(headers['idempotent-replayed']).toBe(replayed ? 'true' : undefined);
};

/** Holds an answer to its outcome, and lets the world change. Who has no token is answered by the gateway. */
export const settle = (caller: Caller, answer: Response, outcome: Outcome): void => {
  const { status, problem, settle: change } = outcome;
  const { body } = answer;
  if (caller === 'nobody') return expect(answer.status).toBe(401);
  const type = problem && `urn:tailrace:problem:${problem}`;
  expect({ status: answer.status, type: body?.type }).toEqual({ status, type });
  if (problem) return expect(body.title).toBe(PROBLEMS[problem].title);
  sameRecord(body, change?.(body as Record_));
  checkHeaders(answer, outcome);
};

/** Whatever was done, the store is what the model says it is. */
export const sameWorld = async (world: World, real: Real): Promise<void> => {
  for (const entity of Object.keys(PATHS) as EntityName[])
    for (const id of world.ids[entity]) {
      const { status, body } = await real.send('staff', { method: 'GET', path: `${PATHS[entity]}/${id}` });
      const record = world.records[entity].get(id);
      expect(status).toBe(record ? 200 : 404);
      if (record) sameRecord(body, record);
    }
};
