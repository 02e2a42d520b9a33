import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entity, id } from '../../../core/schema/index.ts';
import { startHarness, type Harness } from './harness.ts';

/** Goes with one node, and holds another. */
const node = entity({
  name: 'node',
  description: 'A point of a graph',
  fields: { goesWith: id().optional(), holds: id().optional() },
  indexes: { byGoesWith: ['goesWith'], byHolds: ['holds'] },
  references: {
    goesWith: { entity: 'node', onDelete: 'cascade' },
    holds: { entity: 'node', onDelete: 'refuse' },
  },
});

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness([node]);
});
afterAll(() => harness.close());

type Edge = readonly [from: number, field: 'goesWith' | 'holds', to: number];
type Graph = Map<string, { goesWith?: string; holds?: string }>;

const NODES = 6;
const index = fc.nat({ max: NODES - 1 });
const edge: fc.Arbitrary<Edge> = fc.tuple(index, fc.constantFrom('goesWith', 'holds'), index);

const create = async (): Promise<string> =>
  (await harness.send({ method: 'POST', path: '/nodes', json: {} })).body.id;
const point = async (from: string, field: string, to: string): Promise<number> =>
  (await harness.send({ method: 'PATCH', path: `/nodes/${from}`, json: { [field]: to } })).status;
const remove = async (one: string): Promise<number> =>
  (await harness.send({ method: 'DELETE', path: `/nodes/${one}` })).status;

/** All that goes with a node, or undefined when one that stays holds one that goes. */
const leaving = (graph: Graph, root: string): Set<string> | undefined => {
  const going = new Set([root]);
  const grows = (): boolean => {
    const more = [...graph].filter(([one, { goesWith }]) => !going.has(one) && going.has(goesWith ?? ''));
    for (const [one] of more) going.add(one);
    return more.length > 0;
  };
  while (grows());
  const isHeld = [...graph].some(([one, { holds }]) => !going.has(one) && going.has(holds ?? ''));
  return isHeld ? undefined : going;
};

const itemsOf = async (table: string) =>
  ((await harness.client.send(new ScanCommand({ TableName: table, ConsistentRead: true }))).Items ?? []).map(
    (item) => unmarshall(item),
  );

/** What is there: nodes by id, and what the guards count. */
const state = async () => {
  const nodes = await itemsOf(harness.names.table(node));
  const guards = (await itemsOf(harness.names.guards)).filter(({ count }) => count !== 0);
  const ids = new Set(nodes.map((one) => one.id));
  const links = nodes.flatMap(({ goesWith, holds }) => [goesWith, holds].filter((to) => to !== undefined));
  return {
    ids,
    orphans: links.filter((to) => !ids.has(to)),
    links: links.length,
    memberships: guards.filter(({ guard }) => String(guard).startsWith('counted#')).length,
    counted: guards.reduce((sum, { count = 0 }) => sum + Number(count), 0),
  };
};

const expectWhole = async (): Promise<Set<unknown>> => {
  const { ids, orphans, links, memberships, counted } = await state();
  expect({ orphans, memberships, counted }).toEqual({ orphans: [], memberships: links, counted: links });
  return ids;
};

const clear = async (): Promise<void> => {
  for (const { id: one } of await itemsOf(harness.names.table(node)))
    await harness.send({ method: 'PATCH', path: `/nodes/${one}`, json: { goesWith: null, holds: null } });
  for (const { id: one } of await itemsOf(harness.names.table(node))) await remove(one);
};

describe('whatever refers to what, in circles too', () => {
  it('a delete takes along what goes with it, or is refused whole by what stays', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(edge, { maxLength: 9 }),
        fc.array(index, { maxLength: 4 }),
        async (edges, deletes) => {
          const ids = await Promise.all(Array.from({ length: NODES }, create));
          const graph: Graph = new Map(ids.map((one) => [one, {}]));
          for (const [from, field, to] of edges) {
            const [one = '', other = ''] = [ids[from], ids[to]];
            expect(await point(one, field, other)).toBe(one === other ? 400 : 200);
            if (one !== other) graph.set(one, { ...graph.get(one), [field]: other });
          }
          for (const at of deletes) {
            const one = ids[at] ?? '';
            const going = leaving(graph, one);
            const status = !graph.has(one) ? 404 : going ? 204 : 409;
            expect(await remove(one)).toBe(status);
            if (status === 204) for (const gone of going ?? []) graph.delete(gone);
            expect(await expectWhole()).toEqual(new Set(graph.keys()));
          }
          await clear();
        },
      ),
      { numRuns: 12 },
    );
  });

  it('at once, nothing refers to what is not there, and nothing is counted for nothing', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('point' as const), edge }),
      fc.record({ kind: fc.constant('remove' as const), at: index }),
      fc.record({ kind: fc.constant('create' as const), at: index }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const ids = await Promise.all(Array.from({ length: NODES }, create));
        const statuses = await Promise.all(
          steps.map(async (one) => {
            if (one.kind === 'remove') return remove(ids[one.at] ?? '');
            if (one.kind === 'point')
              return point(ids[one.edge[0]] ?? '', one.edge[1], ids[one.edge[2]] ?? '');
            const json = { goesWith: ids[one.at] };
            return (await harness.send({ method: 'POST', path: '/nodes', json })).status;
          }),
        );

        for (const status of statuses) expect([200, 201, 204, 400, 404, 409]).toContain(status);
        await expectWhole();
        await clear();
      }),
      { numRuns: 8 },
    );
  });
});
