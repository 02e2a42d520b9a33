import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entity, id, z } from '../../../core/schema/index.ts';
import type { Api } from '../../../functions/api/application.ts';
import type { Rule } from '../../../functions/api/rules/rule.ts';
import { dynamoStore, type Store } from '../../../functions/api/store.ts';
import { crashingStore } from './crashing-store.ts';
import { call, startHarness, type Harness, type Received, type Sent } from './harness.ts';

const crate = entity({ name: 'crate', description: 'A box', fields: { things: z.int().default(0) } });
/** Each takes seven items of a transaction: itself, five unique values and the guard of its reference. */
const thing = entity({
  name: 'thing',
  description: 'What lies in a box',
  fields: {
    crateId: id(),
    a: z.string(),
    b: z.string(),
    c: z.string(),
    d: z.string(),
    e: z.string(),
  },
  indexes: { byCrate: ['crateId'] },
  unique: ['a', 'b', 'c', 'd', 'e'],
  references: { crateId: { entity: 'crate', onDelete: 'cascade' } },
});
const counting = (crateId: unknown, by: number) => ({
  changes: [{ entity: 'crate', key: String(crateId), add: { things: by } }],
});
const thingRule: Rule = {
  beforeCreate: async ({ crateId }) => counting(crateId, 1),
  beforeDelete: async ({ crateId }) => counting(crateId, -1),
};

let harness: Harness;
let names = 0;
const over = (store: Store): Api => harness.api({ rules: { thing: thingRule }, store });
const send = (sent: Sent): Promise<Received> => call(over(dynamoStore(harness.client)), sent);

beforeAll(async () => {
  harness = await startHarness([crate, thing]);
});
afterAll(() => harness.close());

const guards = async (): Promise<number> =>
  (await harness.client.send(new ScanCommand({ TableName: harness.names.guards, ConsistentRead: true })))
    .Count ?? 0;

const fullCrate = async (things: number): Promise<string> => {
  const crateId = (await send({ method: 'POST', path: '/crates', json: {} })).body.id as string;
  const made = await Promise.all(
    Array.from({ length: things }, () => {
      const name = `thing-${(names += 1)}`;
      const json = { crateId, a: name, b: name, c: name, d: name, e: name };
      return send({ method: 'POST', path: '/things', json });
    }),
  );
  expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
  return crateId;
};

/** The process dies at a call; then what is there, and the same request once more. */
const scenario = async (things: number, at: number, when: 'before' | 'after') => {
  const path = `/crates/${await fullCrate(things)}`;
  const { store, calls } = crashingStore(dynamoStore(harness.client), at, when);
  const { status } = await call(over(store), { method: 'DELETE', path });
  const left = await harness.count('thing');
  const between = { crate: await send({ path }), left, guards: await guards() };
  const retry = await send({ method: 'DELETE', path });
  return { status, calls: calls(), between, retry: retry.status };
};

it.each([
  { what: 'one transaction', things: 3, states: [3, 0] },
  { what: 'several', things: 16, states: [16, 2, 0] },
])(
  'a process that dies while it deletes in $what leaves whole records at any call, and the next request goes on',
  async ({ things, states }) => {
    const { status, calls } = await scenario(things, 1000, 'before');
    expect(status).toBe(204);
    const seen = new Set<number>();
    // After a call is before the next.
    const moments = Array.from({ length: calls }, (_, index) => ({ at: index + 1, when: 'before' as const }));
    for (const { at, when } of [...moments, { at: calls, when: 'after' as const }]) {
      const run = await scenario(things, at, when);
      const { left } = run.between;
      seen.add(left);

      expect(run.status).toBe(500);
      expect(run.between.crate).toMatchObject(
        left === 0 ? { status: 404 } : { status: 200, body: { things: left } },
      );
      // The guards of what is left, and one counter.
      expect(run.between.guards).toBe(left === 0 ? 0 : left * 6 + 1);
      expect(run.retry).toBe(left === 0 ? 404 : 204);
      expect([await harness.count('crate'), await harness.count('thing'), await guards()]).toEqual([0, 0, 0]);
    }
    expect([...seen]).toEqual(states);
  },
);
