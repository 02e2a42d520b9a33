import * as fc from 'fast-check';
import { expect } from 'vitest';
import { CREATIONS, FIRST, PATCHES, type Draft } from './bodies.ts';
import { listStep } from './list-steps.ts';
import { ifNoneMatchHeader, reading, type IfNoneMatch } from './reads.ts';
import { idAt, PATHS, settle, step, type Real, type Response, type Step } from './steps.ts';
import { CALLERS, type Caller, type EntityName, type World } from './world.ts';
import {
  acting,
  creating,
  deleting,
  ifMatchHeader,
  nextAction,
  patching,
  type Action,
  type IfMatch,
} from './writes.ts';

const caller = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Caller>('staff') },
  { weight: 3, arbitrary: fc.constantFrom<Caller>('ann', 'bob') },
  { weight: 1, arbitrary: fc.constantFrom(...CALLERS) },
);
const mover = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Caller>('staff') },
  { weight: 1, arbitrary: caller },
);
const entity = fc.constantFrom<EntityName>('customer', 'product', 'order');
const at = fc.nat({ max: 30 });
const ifMatch = fc.oneof(
  { weight: 3, arbitrary: fc.constant<IfMatch>('none') },
  { weight: 1, arbitrary: fc.constantFrom<IfMatch>('any', 'current', 'stale', 'garbage') },
);
/** Few keys, so that they come again. */
const key = fc.option(fc.constantFrom('k1', 'k2'), { nil: undefined, freq: 2 });

const keyHeader = (value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { 'idempotency-key': value };

const once = (value: string | undefined): string => (value === undefined ? '' : ` once by ${value}`);
const when = (condition: string): string => (condition === 'none' ? '' : ` if ${condition}`);

const hasStatus = (answer: Response, status: number): void => expect(answer.status).toBe(status);

const isBare = ({ status, body }: Response, wanted: number): void =>
  expect([status, body]).toEqual([wanted, undefined]);

const versionOf = (world: World, name: EntityName, id: string): number =>
  world.records[name].get(id)?.version ?? 1;

/** Sends a request, and remembers one with a key. */
const repeatable = async (
  [world, real]: readonly [World, Real],
  { key: value, text }: { key: string | undefined; text: string },
  send: (world: World, real: Real) => Promise<void>,
): Promise<void> => {
  await send(world, real);
  if (value !== undefined) world.keyed.push({ text, again: send });
};

interface Creation {
  readonly caller: Caller;
  readonly key: string | undefined;
  readonly draft: Draft;
}

const creation = (name: EntityName, said: Creation): Step => {
  const text = `${said.caller} creates ${name} ${said.draft.text}${once(said.key)}`;
  return step(text, (world, real) => {
    const body = said.draft.in(world, said.caller);
    return repeatable([world, real], { key: said.key, text }, async (model, api) => {
      const outcome = creating(model, { caller: said.caller, entity: name, body, key: said.key });
      const headers = keyHeader(said.key);
      const answer = await api.send(said.caller, {
        method: 'POST',
        path: PATHS[name],
        headers,
        json: body.json,
      });
      settle(said.caller, answer, outcome);
      if (answer.status === 201) expect(answer.headers.location).toBe(`${PATHS[name]}/${answer.body.id}`);
    });
  });
};

const createStep = (name: EntityName) =>
  fc.record({ caller, key, draft: CREATIONS[name] }).map((said) => creation(name, said));

const readStep = fc
  .record({
    caller,
    entity,
    at,
    method: fc.constantFrom('GET', 'GET', 'HEAD'),
    ifNoneMatch: fc.constantFrom<IfNoneMatch>('none', 'none', 'any', 'current', 'weak', 'other'),
  })
  .map((said) =>
    step(
      `${said.caller} ${said.method}s ${said.entity} ${said.at}${when(said.ifNoneMatch)}`,
      async (world, real) => {
        const id = idAt(world, said.entity, said.at);
        const outcome = reading(world, { ...said, id });
        const headers = ifNoneMatchHeader(said.ifNoneMatch, versionOf(world, said.entity, id));
        const path = `${PATHS[said.entity]}/${id}`;
        const answer = await real.send(said.caller, { method: said.method, path, headers });
        if (said.method === 'GET') return settle(said.caller, answer, outcome);
        isBare(answer, outcome.status);
      },
    ),
  );

const patchStep = (name: EntityName) =>
  fc.record({ caller, at, ifMatch, draft: PATCHES[name] }).map((said) =>
    step(
      `${said.caller} patches ${name} ${said.at} ${said.draft.text}${when(said.ifMatch)}`,
      async (world, real) => {
        const id = idAt(world, name, said.at);
        const body = said.draft.in(world, said.caller);
        const headers = ifMatchHeader(said.ifMatch, versionOf(world, name, id));
        const outcome = patching(world, { ...said, entity: name, id, headers }, body);
        const request = { method: 'PATCH', path: `${PATHS[name]}/${id}`, headers, json: body.json };
        settle(said.caller, await real.send(said.caller, request), outcome);
      },
    ),
  );

const deleteStep = fc.record({ caller, entity, at, ifMatch }).map((said) =>
  step(`${said.caller} deletes ${said.entity} ${said.at}${when(said.ifMatch)}`, async (world, real) => {
    const id = idAt(world, said.entity, said.at);
    const headers = ifMatchHeader(said.ifMatch, versionOf(world, said.entity, id));
    const outcome = deleting(world, { ...said, id, headers });
    const request = { method: 'DELETE', path: `${PATHS[said.entity]}/${id}`, headers };
    settle(said.caller, await real.send(said.caller, request), outcome);
  }),
);

/** Mostly the action that leads on, else orders would hardly ever be delivered. */
const action = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constantFrom<Action>('pay', 'ship', 'deliver', 'cancel') },
);

const actionStep = fc.record({ caller: mover, at, action, ifMatch, key }).map((said) => {
  const text = `${said.caller} does ${said.action ?? 'the next'} to order ${said.at}${when(said.ifMatch)}${once(said.key)}`;
  return step(text, (world, real) => {
    const id = idAt(world, 'order', said.at);
    const name = said.action ?? nextAction(world.records.order.get(id)?.status);
    const headers = {
      ...ifMatchHeader(said.ifMatch, versionOf(world, 'order', id)),
      ...keyHeader(said.key),
    };
    return repeatable([world, real], { key: said.key, text }, async (model, api) => {
      const outcome = acting(model, { ...said, id, headers, action: name });
      settle(
        said.caller,
        await api.send(said.caller, { method: 'POST', path: `/orders/${id}/${name}`, headers }),
        outcome,
      );
    });
  });
});

const repeatStep = at.map((which) =>
  step(`request with a key number ${which} again`, async (world, real) => {
    await world.keyed[which % world.keyed.length]?.again(world, real);
  }),
);

/** After a day a key is forgotten. */
const waitStep = fc.constant(
  step('a day passes', async (world, real) => {
    if (!real.wait) return;
    real.wait();
    world.day += 1;
  }),
);

const FIXED: readonly (readonly [method: string, path: string, status: number])[] = [
  ['GET', '/health', 200],
  ['HEAD', '/health', 200],
  ['GET', '/openapi.json', 200],
  ['GET', '/docs', 200],
  ['OPTIONS', '/orders', 204],
  ['PUT', '/orders', 405],
  ['DELETE', '/events', 405],
  ['GET', '/nothing', 404],
];

/** Paths that belong to no entity. */
export const FIXED_PATHS = FIXED.map(([, path]) => path);

const fixedStep = fc.tuple(caller, fc.constantFrom(...FIXED)).map(([who, [method, path, status]]) =>
  step(`${who} sends ${method} ${path}`, async (_world, real) => {
    hasStatus(await real.send(who, { method, path }), status);
  }),
);

/** What every run begins with: people who can order, and what they can order. */
export const beginning = (): Step[] =>
  FIRST.map(([who, name, draft]) => creation(name, { caller: who, key: undefined, draft }));

/** Every kind of step, those that make and move records oftener than others. */
export const STEPS: fc.Arbitrary<Step>[] = [
  createStep('customer'),
  createStep('product'),
  ...Array.from({ length: 3 }, () => createStep('order')),
  ...Array.from({ length: 4 }, () => actionStep),
  repeatStep,
  repeatStep,
  patchStep('customer'),
  patchStep('product'),
  patchStep('order'),
  deleteStep,
  readStep,
  readStep,
  listStep(caller, entity),
  listStep(caller, entity),
  fixedStep,
  waitStep,
];
