import type { PlainRecord } from '../../core/http/patch.ts';
import { invalid, type ProblemError } from '../../core/http/problem.ts';
import { pointer } from '../../core/schema/issues.ts';
import type { Reference } from '../../core/schema/references.ts';
import { counterOf, membershipOf } from '../../core/table/guards.ts';
import { existsCommand } from './commands.ts';
import type { Write } from './commit.ts';
import type { Model } from './model.ts';
import type { Change } from './rules/rule.ts';
import { modelNamed, type Service } from './service.ts';
import type { Transition } from './unique.ts';

/** A field of a record and the other record it refers to. */
export interface Link {
  readonly field: string;
  readonly target: string;
  readonly value: unknown;
}

/** What a record refers to. */
export const linksOf = ({ entity }: Pick<Model, 'entity'>, record: PlainRecord): Link[] =>
  Object.entries(entity.references).flatMap(([field, reference]) =>
    record[field] === undefined ? [] : [{ field, target: reference.entity, value: record[field] }],
  );

const sameLink = (one: Link, other: Link): boolean => one.field === other.field && one.value === other.value;

const sameTarget = (one: Link, other: Link): boolean =>
  one.target === other.target && one.value === other.value;

const askAgain: Write['refusal'] = () => undefined;

/** Adds to the number of records that refer to another. */
export const count = ({ guards }: Pick<Service, 'guards'>, guard: string, by: number): Write => ({
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

const missing = (links: readonly Link[]): ProblemError =>
  invalid(
    links.map(({ field, target, value }) => ({
      pointer: pointer([field]),
      message: `There is no ${target} ${JSON.stringify(value)}`,
    })),
  );

/** A rule that changes the other record says already that it must be there. */
const isChanged = ({ target, value }: Link, changes: readonly Change[]): boolean =>
  changes.some(({ entity, key }) => entity === target && key === value);

/** What is referred to must be there. Two fields may refer to one record, which a transaction checks once. */
const checks = (service: Service, links: readonly Link[], changes: readonly Change[]): Write[] =>
  links
    .filter((to, index) => links.findIndex((other) => sameTarget(other, to)) === index)
    .filter((to) => !isChanged(to, changes))
    .map((to) => {
      const target = modelNamed(service, to.target);
      const check = existsCommand(target, { [target.entity.key[0]]: to.value });
      const refusal = (): Error => missing(links.filter((other) => sameTarget(other, to)));
      return { item: { ConditionCheck: check }, refusal };
    });

const counted = (service: Service, model: Model, to: Link, record: PlainRecord): Write[] => [
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

/** Takes back the guard that says that a record's field is counted. */
export const uncounted = ({ guards }: Pick<Service, 'guards'>, guard: string): Write => ({
  item: {
    Delete: {
      TableName: guards,
      Key: { guard: { S: guard } },
      ConditionExpression: 'attribute_exists(#guard)',
      ExpressionAttributeNames: { '#guard': 'guard' },
    },
  },
  refusal: askAgain,
});

/** An imported record was never counted, so it is not counted off. */
const unlink = async (service: Service, model: Model, from: Link, record: PlainRecord): Promise<Write[]> => {
  const { store, guards: TableName } = service;
  const guard = membershipOf(model.entity, from.field, record);
  if (!(await store.get({ TableName, Key: { guard: { S: guard } }, ConsistentRead: true }))) return [];
  return [uncounted(service, guard), count(service, counterOf(model.entity, from.field, from.value), -1)];
};

/** What has to be written together with a record so that what it refers to is there and stays. */
export const referenceWrites = async (
  service: Service,
  model: Model,
  { before, after }: Transition,
  changes: readonly Change[] = [],
): Promise<Write[]> => {
  const [old, next] = [before ? linksOf(model, before) : [], linksOf(model, after)];
  const gone = old.filter((one) => !next.some((other) => sameLink(one, other)));
  const made = next.filter((one) => !old.some((other) => sameLink(one, other)));
  const self = made.find(
    ({ target, value }) => target === model.entity.name && value === after[model.entity.key[0]],
  );
  if (self) throw invalid([{ pointer: pointer([self.field]), message: 'A record cannot refer to itself' }]);
  const links = made.map((to) => counted(service, model, to, after));
  const unlinks = await Promise.all(gone.map((from) => unlink(service, model, from, after)));
  // A guard of a field whose link moves stays: it says that the field is counted.
  const moved = new Set(made.map(({ field }) => membershipOf(model.entity, field, after)));
  const isMoved = ({ item }: Write): boolean => moved.has(item.Delete?.Key?.guard?.S ?? '');
  return [
    ...checks(service, made, changes),
    ...links.flat(),
    ...unlinks.flat().filter((write) => !isMoved(write)),
  ];
};

/** An entity with a field that refers to records of another. */
export interface Referrer {
  readonly model: Model;
  readonly field: string;
  readonly onDelete: Reference['onDelete'];
}

/** Entities with a field that refers to records of this one. */
export const referrersOf = (
  service: Pick<Service, 'models'>,
  { entity }: Pick<Model, 'entity'>,
): Referrer[] =>
  [...service.models.values()].flatMap((model) =>
    Object.entries(model.entity.references)
      .filter(([, reference]) => reference.entity === entity.name)
      .map(([field, { onDelete }]) => ({ model, field, onDelete })),
  );
