import { queryFor, type ListQuery } from '../../core/http/list.ts';
import type { PlainRecord } from '../../core/http/patch.ts';
import { invalid, ProblemError } from '../../core/http/problem.ts';
import { pointer } from '../../core/schema/issues.ts';
import { counterOf, membershipOf } from '../../core/table/guards.ts';
import { existsCommand, keyOf, listCommand, readCommand, toRecord } from './commands.ts';
import type { Write } from './commit.ts';
import type { Model } from './model.ts';
import type { Change } from './rules/rule.ts';
import { modelNamed, type Service } from './service.ts';
import type { Transition } from './unique.ts';

/** A field of a record and the other record it refers to. */
interface Link {
  readonly field: string;
  readonly target: string;
  readonly value: unknown;
}

const linksOf = ({ entity }: Model, record: PlainRecord | undefined): Link[] =>
  Object.entries(entity.references).flatMap(([field, reference]) =>
    record?.[field] === undefined ? [] : [{ field, target: reference.entity, value: record[field] }],
  );

const sameLink = (one: Link, other: Link): boolean => one.field === other.field && one.value === other.value;

const askAgain: Write['refusal'] = () => undefined;

const count = ({ guards }: Service, guard: string, by: 1 | -1): Write => ({
  item: {
    Update: {
      TableName: guards,
      Key: { guard: { S: guard } },
      UpdateExpression: 'ADD #count :by',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':by': { N: String(by) } },
    },
  },
  refusal: askAgain,
});

const missing = ({ field, target, value }: Link): ProblemError =>
  invalid([{ pointer: pointer([field]), message: `There is no ${target} ${JSON.stringify(value)}` }]);

/** A rule that changes the other record says already that it must be there. */
const isChanged = ({ target, value }: Link, changes: readonly Change[]): boolean =>
  changes.some(({ entity, key }) => entity === target && key === value);

const link = (
  service: Service,
  model: Model,
  to: Link,
  { record, changes }: { record: PlainRecord; changes: readonly Change[] },
): Write[] => {
  const target = modelNamed(service, to.target);
  const check = existsCommand(target, { [target.entity.key[0]]: to.value });
  return [
    ...(isChanged(to, changes) ? [] : [{ item: { ConditionCheck: check }, refusal: () => missing(to) }]),
    {
      item: {
        Put: {
          TableName: service.guards,
          Item: { guard: { S: membershipOf(model.entity, to.field, record) } },
        },
      },
      refusal: askAgain,
    },
    count(service, counterOf(model.entity, to.field, to.value), 1),
  ];
};

/** An imported record was never counted, so it is not counted off. */
const unlink = async (service: Service, model: Model, from: Link, record: PlainRecord): Promise<Write[]> => {
  const { store, guards: TableName } = service;
  const Key = { guard: { S: membershipOf(model.entity, from.field, record) } };
  if (!(await store.get({ TableName, Key, ConsistentRead: true }))) return [];
  return [
    {
      item: {
        Delete: {
          TableName,
          Key,
          ConditionExpression: 'attribute_exists(#guard)',
          ExpressionAttributeNames: { '#guard': 'guard' },
        },
      },
      refusal: askAgain,
    },
    count(service, counterOf(model.entity, from.field, from.value), -1),
  ];
};

/** What has to be written together with a record so that what it refers to is there and stays. */
export const referenceWrites = async (
  service: Service,
  model: Model,
  { before, after }: Transition,
  changes: readonly Change[] = [],
): Promise<Write[]> => {
  const [old, next] = [linksOf(model, before), linksOf(model, after)];
  const gone = old.filter((one) => !next.some((other) => sameLink(one, other)));
  const made = next.filter((one) => !old.some((other) => sameLink(one, other)));
  const self = made.find(
    ({ target, value }) => target === model.entity.name && value === after?.[model.entity.key[0]],
  );
  if (self) throw invalid([{ pointer: pointer([self.field]), message: 'A record cannot refer to itself' }]);
  const links = made.map((to) => link(service, model, to, { record: after as PlainRecord, changes }));
  const unlinks = await Promise.all(gone.map((from) => unlink(service, model, from, before as PlainRecord)));
  // A guard of a field whose link moves stays: it says that the field is counted.
  const moved = new Set(made.map(({ field }) => membershipOf(model.entity, field, after as PlainRecord)));
  const isMoved = ({ item }: Write): boolean => moved.has(item.Delete?.Key?.guard?.S ?? '');
  return [...links.flat(), ...unlinks.flat().filter((write) => !isMoved(write))];
};

/** Entities with a field that refers to records of this one. */
export const referrersOf = (service: Service, { entity }: Model): { model: Model; field: string }[] =>
  [...service.models.values()].flatMap((model) =>
    Object.entries(model.entity.references)
      .filter(([, reference]) => reference.entity === entity.name)
      .map(([field]) => ({ model, field })),
  );

const stillReferenced = (model: Model, referrer: Model, field: string): ProblemError =>
  new ProblemError(
    'still-referenced',
    `There are ${referrer.entity.plural} with this ${model.entity.name} as ${field}. Delete or change them first.`,
  );

/** How many records of an index are looked at: it may still show some that are gone, hardly so many. */
const LOOKED_AT = 10;

const findsAny = async (
  service: Service,
  referrer: Model,
  field: string,
  value: unknown,
): Promise<boolean> => {
  const query = queryFor(referrer.entity, [field]) as ListQuery;
  const request = { query, partition: value, limit: LOOKED_AT, descending: false };
  const { items } = await service.store.query(listCommand(referrer, request));
  if (items.length === LOOKED_AT) return true;
  const records = items.map((item) => keyOf(referrer, toRecord(referrer.entity, item)));
  const found = await Promise.all(records.map((key) => service.store.get(readCommand(referrer, key))));
  return found.some((item) => item && toRecord(referrer.entity, item)[field] === value);
};

/**
 * What has to be written together with the delete of a record so that nothing refers to it after. Throws ProblemError
 * `still-referenced`. The counter decides, under concurrency too; the index is asked for what was imported.
 */
export const orphanWrites = async (service: Service, model: Model, record: PlainRecord): Promise<Write[]> => {
  const value = record[model.entity.key[0]];
  return Promise.all(
    referrersOf(service, model).map(async ({ model: referrer, field }) => {
      const refused = stillReferenced(model, referrer, field);
      if (await findsAny(service, referrer, field, value)) throw refused;
      return {
        item: {
          Delete: {
            TableName: service.guards,
            Key: { guard: { S: counterOf(referrer.entity, field, value) } },
            ConditionExpression: 'attribute_not_exists(#count) OR #count = :none',
            ExpressionAttributeNames: { '#count': 'count' },
            ExpressionAttributeValues: { ':none': { N: '0' } },
          },
        },
        refusal: () => refused,
      };
    }),
  );
};
