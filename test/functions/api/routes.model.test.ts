import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXED_ROUTES } from '../../../core/http/routes.ts';
import { schemas } from '../../../schemas/index.ts';
import { order } from '../../../schemas/order.ts';
import { beginning, FIXED_PATHS, STEPS } from '../../model/commands.ts';
import { sameWorld, type Real } from '../../model/steps.ts';
import { emptyWorld, type Caller, type World } from '../../model/world.ts';
import { ACTIONS } from '../../model/writes.ts';
import { startHarness, type Harness, type Sent } from './harness.ts';

/** Runs of this many steps at most; more of them with TAILRACE_MODEL_RUNS, the same again with TAILRACE_MODEL_SEED. */
const RUNS = Number(process.env.TAILRACE_MODEL_RUNS ?? 12);
const SEED = Number(process.env.TAILRACE_MODEL_SEED ?? Math.floor(Math.random() * 2 ** 31));
const STEPS_OF_RUN = 60;
/** As long runs as short ones. */
const steps = fc.noBias(fc.commands(STEPS, { maxCommands: STEPS_OF_RUN, size: 'max' }));
const [SECOND, DAY] = [1000, 25 * 60 * 60 * 1000];

let harness: Harness;
let time = Date.parse('1990-01-01T00:00:00.000Z');
let runs = 0;

beforeAll(async () => {
  harness = await startHarness(schemas, { clock: { now: () => new Date(time) } });
});
afterAll(() => harness.close());

const claimsOf = (caller: Caller, sub: string): Sent['claims'] => {
  const groups: Readonly<Record<string, string>> = { ann: '[customer]', bob: '[customer]', staff: '[staff]' };
  if (caller === 'machine')
    return { sub, client_id: sub, scope: 'tailrace/orders.read tailrace/products.read' };
  return { sub, client_id: 'app', ...(groups[caller] ? { 'cognito:groups': groups[caller] } : {}) };
};

const setUp = (): { model: World; real: Real } => {
  const world = emptyWorld(String((runs += 1)));
  const real: Real = {
    start: new Date(time).toISOString(),
    wait: () => (time += DAY),
    send: (caller, request) => {
      time += SECOND;
      const identity =
        caller === 'nobody' ? { anonymous: true } : { claims: claimsOf(caller, world.subjects[caller]) };
      return harness.send({ ...request, ...identity });
    },
  };
  return { model: world, real };
};

describe('whatever several callers do, in whatever order', () => {
  it('every action of the store and every route of the service is among it', () => {
    expect(ACTIONS.toSorted()).toEqual(Object.keys(order.actions).toSorted());
    expect(FIXED_PATHS).toEqual(expect.arrayContaining(FIXED_ROUTES.map(({ path }) => path)));
  });

  it('is answered, written and refused as a model in memory says', { timeout: 3_600_000 }, async () => {
    process.stdout.write(`TAILRACE_MODEL_SEED=${SEED} TAILRACE_MODEL_RUNS=${RUNS}\n`);
    await fc.assert(
      fc.asyncProperty(steps, async (chosen) => {
        const started = setUp();
        await fc.asyncModelRun(() => started, [...beginning(), ...chosen]);
        await sameWorld(started.model, started.real);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(runs).toBe(RUNS);
  });
});
