import type { PlainRecord } from '../../core/http/patch.ts';
import { ProblemError } from '../../core/http/problem.ts';
import { pointer } from '../../core/schema/issues.ts';
import { guardClaim, holderOf, uniqueGuards, type UniqueGuard } from '../../core/table/guards.ts';
import { timeToLive } from '../../core/table/internal.ts';
import type { Write } from './commit.ts';
import type { Model } from './model.ts';
import type { Service } from './service.ts';

const taken = ({ entity }: Model, { fields }: UniqueGuard, record: PlainRecord): ProblemError =>
  new ProblemError(
    'not-unique',
    `There is a ${entity.name} with this ${fields.join(' and ')} already. Nothing was written.`,
    {
      errors: fields.map((name) => ({
        pointer: pointer([name]),
        message: `Another ${entity.name} has ${JSON.stringify(record[name])}`,
      })),
    },
  );

const claim = (
  { guards }: Service,
  model: Model,
  wanted: UniqueGuard,
  { record, now }: { record: PlainRecord; now: Date },
): Write => ({
  item: { Put: { TableName: guards, ...guardClaim(model.entity, wanted, record, now) } },
  refusal: () => taken(model, wanted, record),
});

/** Gives back a guard that a record holds. */
export const release = ({ guards }: Pick<Service, 'guards'>, guard: string, holder: string): Write => ({
  item: {
    Delete: {
      TableName: guards,
      Key: { guard: { S: guard } },
      ConditionExpression: '#holder = :holder',
      ExpressionAttributeNames: { '#holder': 'holder' },
      ExpressionAttributeValues: { ':holder': { S: holder } },
    },
  },
  refusal: () => undefined,
});

/** A record from before its entity said `unique` may not hold its guard: another's is not released for it. */
const releases = async (service: Service, guards: readonly string[], holder: string): Promise<Write[]> => {
  const { store, guards: table } = service;
  const items = await Promise.all(
    guards.map((guard) =>
      store.get({ TableName: table, Key: { guard: { S: guard } }, ConsistentRead: true }),
    ),
  );
  return guards
    .filter((_, index) => items[index]?.holder?.S === holder)
    .map((guard) => release(service, guard, holder));
};

/** A change of a record: what it was, undefined when it is created, and what it will be. */
export interface Transition {
  readonly before?: PlainRecord;
  readonly after: PlainRecord;
  readonly now: Date;
}

/**
 * What has to be written together with a record so that no two share what its schema says is unique. The guards of
 * values the record keeps are left alone, unless it expires at another time now: they expire with it.
 */
export const uniqueWrites = async (
  service: Service,
  model: Model,
  { before, after, now }: Transition,
): Promise<Write[]> => {
  const { entity } = model;
  if (entity.unique.length === 0) return [];
  const held = before ? uniqueGuards(entity, before).map(({ guard }) => guard) : [];
  const wanted = uniqueGuards(entity, after);
  const kept = new Set(wanted.map(({ guard }) => guard));
  const isRenewed = timeToLive(entity, before ?? {}) !== timeToLive(entity, after);
  const claims = wanted.filter(({ guard }) => isRenewed || !held.includes(guard));
  const gone = held.filter((guard) => !kept.has(guard));
  return [
    ...claims.map((guard) => claim(service, model, guard, { record: after, now })),
    ...(await releases(service, gone, holderOf(entity, before ?? {}))),
  ];
};
