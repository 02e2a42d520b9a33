import * as fc from 'fast-check';
import { expect } from 'vitest';
import { mailOf, ofRun } from './bodies.ts';
import { listing, sortedBy, type Question } from './reads.ts';
import { idAt, PATHS, sameRecord, settle, step, type Real, type Response, type Step } from './steps.ts';
import type { Caller, EntityName, Record_, World } from './world.ts';

interface Asked {
  readonly caller: Caller;
  readonly entity: EntityName;
  readonly by: string;
  readonly at: number;
  readonly compare: string | undefined;
  readonly limit: number | undefined;
  readonly order: 'asc' | 'desc';
  readonly fields: boolean;
  readonly wrong: 'parameter' | 'limit' | undefined;
}

const BY: Readonly<Record<EntityName, readonly string[]>> = {
  customer: ['', 'id', 'email'],
  product: ['', 'id', 'name', 'category', 'category', 'category', 'category'],
  order: ['', '', 'id', 'customerId', 'customerId', 'customerId', 'status', 'status'],
};

const STATES = ['placed', 'paid', 'shipped', 'delivered', 'cancelled'];

const valueOf = (world: World, { caller, entity, by, at }: Asked): string => {
  const own = at % 2 === 0 ? world.subjects[caller] : idAt(world, 'customer', at);
  const values: Readonly<Record<string, string>> = {
    id: idAt(world, entity, at),
    email: mailOf(world, at % 4),
    category: ofRun(world, at % 2 === 0 ? 'art' : 'home'),
    name: 'Blue',
    customerId: own,
    status: STATES[at % STATES.length] ?? '',
  };
  return values[by] ?? '';
};

/** The shelf of products is sorted by name, the lists of orders by time: since the start, or since one of them. */
const comparedTo = (world: World, asked: Asked, start: string): Question['compared'] => {
  const { entity, by, at, compare } = asked;
  if (entity === 'order' && by === 'status') return { parameter: 'placedAt[gte]', text: start };
  if (compare === undefined || entity === 'customer' || by === 'id') return undefined;
  if (entity === 'product')
    return by === 'category'
      ? { parameter: `name[${compare}]`, text: ['Am', 'Blue', 'Br'][at % 3] ?? '' }
      : undefined;
  const placedAt = (world.records.order.get(idAt(world, 'order', at))?.placedAt ?? start) as string;
  return { parameter: `placedAt[${compare}]`, text: compare === 'prefix' ? placedAt.slice(0, 4) : placedAt };
};

const questionOf = (world: World, asked: Asked, start: string): Question => ({
  by: asked.by,
  value: valueOf(world, asked),
  compared: comparedTo(world, asked, start),
  wrong: asked.wrong,
});

const queryOf = (asked: Asked, { by, value, compared }: Question): URLSearchParams =>
  new URLSearchParams({
    ...(by === '' ? {} : { [by]: value }),
    ...(compared ? { [compared.parameter]: compared.text } : {}),
    ...(asked.wrong === 'parameter' ? { colour: 'red' } : {}),
    ...(asked.wrong === 'limit' ? { limit: '0' } : asked.limit ? { limit: String(asked.limit) } : {}),
    ...(asked.order === 'desc' ? { order: 'desc' } : {}),
    ...(asked.fields ? { fields: 'id,version' } : {}),
  });

const get = (real: Real, caller: Caller, entity: EntityName, query: URLSearchParams): Promise<Response> =>
  real.send(caller, { method: 'GET', path: PATHS[entity], query: query.toString() });

const withCursor = (query: URLSearchParams, cursor: string): URLSearchParams =>
  new URLSearchParams([...query, ['cursor', cursor]]);

/** Pages to the end, of which there is one: a list that never ends fails. */
const pages = async (
  real: Real,
  asked: Asked,
  query: URLSearchParams,
  first: Response,
): Promise<Response[]> => {
  const all = [first];
  for (let last = first; last.body.cursor !== undefined; all.push(last)) {
    expect(all.length).toBeLessThan(60);
    last = await get(real, asked.caller, asked.entity, withCursor(query, last.body.cursor));
    expect(last.status).toBe(200);
  }
  return all;
};

const sorted = (asked: Asked, field: string | undefined, items: readonly Record_[]): readonly Record_[] => {
  const way = asked.order === 'desc' ? -1 : 1;
  const textOf = (item: Record_): string => (field === undefined ? '' : String(item[field]));
  return items.toSorted(
    (one, other) => way * (textOf(one) < textOf(other) ? -1 : textOf(one) > textOf(other) ? 1 : 0),
  );
};

const byId = (one: Record_, other: Record_): number => (one.id < other.id ? -1 : 1);

const checkItems = (
  asked: Asked,
  field: string | undefined,
  items: readonly Record_[],
  found: readonly Record_[],
): void => {
  const wanted = found.toSorted(byId);
  const given = items.toSorted(byId);
  expect(given.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
  for (const [index, item] of given.entries()) {
    const record = wanted[index] as Record_;
    sameRecord(item, asked.fields ? { id: record.id, version: record.version } : record);
  }
  if (!asked.fields)
    expect(items.map((item) => item[field ?? ''])).toEqual(
      sorted(asked, field, items).map((item) => item[field ?? '']),
    );
};

/** A cursor is good for its caller, its list and its direction, as it is: nothing else goes on from it. */
const abuse = async (real: Real, asked: Asked, query: URLSearchParams, cursor: string): Promise<void> => {
  const { caller, entity } = asked;
  const changed = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
  const turned = new URLSearchParams([...query, ['order', 'desc']]);
  if (asked.order === 'desc') turned.delete('order');
  const tries: readonly (readonly [Caller, URLSearchParams])[] = [
    [caller === 'staff' ? 'machine' : 'staff', withCursor(query, cursor)],
    [caller, withCursor(query, changed)],
    [caller, withCursor(turned, cursor)],
  ];
  for (const [who, sent] of tries) {
    const { status, body } = await get(real, who, entity, sent);
    expect({ status, type: body.type }).not.toMatchObject({ status: 200 });
    expect(body.type).toMatch(/:(bad-cursor|no-index|forbidden)$/);
  }
};

const run = async (asked: Asked, world: World, real: Real): Promise<void> => {
  const question = questionOf(world, asked, real.start);
  const found = listing(world, { ...asked, question });
  const query = queryOf(asked, question);
  const first = await get(real, asked.caller, asked.entity, query);
  if (!Array.isArray(found)) return settle(asked.caller, first, found as never);
  expect(first.status).toBe(200);
  const all = await pages(real, asked, query, first);
  const limit = asked.limit ?? 25;
  for (const { body } of all) expect(body.items.length).toBeLessThanOrEqual(limit);
  const items = all.flatMap(({ body }) => body.items as Record_[]);
  const by = question.by === '' ? (asked.entity === 'order' ? 'customerId' : 'id') : question.by;
  checkItems(asked, sortedBy(asked.entity, by), items, found as Record_[]);
  if (first.body.cursor !== undefined) await abuse(real, asked, query, first.body.cursor);
};

const textOf = ({ caller, entity, ...asked }: Asked): string =>
  `${caller} lists ${entity} ${JSON.stringify(asked)}`;

/** A list is read to its end, page by page, and its cursor tried where it is not good. */
export const listStep = (
  caller: fc.Arbitrary<Caller>,
  entity: fc.Arbitrary<EntityName>,
): fc.Arbitrary<Step> =>
  entity
    .chain((name) =>
      fc.record<Asked>({
        caller,
        entity: fc.constant(name),
        by: fc.constantFrom(...BY[name]),
        at: fc.nat({ max: 30 }),
        compare: fc.constantFrom(undefined, 'gte', 'gt', 'lte', 'lt', 'prefix'),
        limit: fc.constantFrom(undefined, 1, 1, 2, 100),
        order: fc.constantFrom('asc', 'desc'),
        fields: fc.constantFrom(false, false, true),
        wrong: fc.oneof(
          { weight: 8, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.constantFrom('parameter' as const, 'limit' as const) },
        ),
      }),
    )
    .map((asked) => step(textOf(asked), (world, real) => run(asked, world, real)));
