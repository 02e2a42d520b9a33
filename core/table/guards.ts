import { hash } from 'node:crypto';
import type { Entity } from '../schema/entity.ts';
import { timeToLive } from './internal.ts';
import type { KeySchema } from './definition.ts';

/**
 * The table of guards, one a deployment: small items that are written in the same transaction as a record, so that
 * what must happen once does. It has no stream: guards are no records, and the lake knows nothing of them.
 */
export const GUARDS: { readonly key: KeySchema; readonly timeToLive: string } = {
  key: { partition: { name: 'guard', type: 'S' }, sort: undefined },
  timeToLive: 'expiresAt',
};

/** What no two records share: the fields, and the key of the guard that one record can hold. */
export interface UniqueGuard {
  readonly fields: readonly string[];
  readonly guard: string;
}

type Values = Readonly<Record<string, unknown>>;

/** A digest, so that no personal data is in a key. */
const digest = (values: readonly unknown[]): string => hash('sha256', JSON.stringify(values));

/** Who holds a guard: the key of a record as text. */
export const holderOf = ({ key }: Pick<Entity, 'key'>, record: Values): string =>
  JSON.stringify(key.map((name) => record[name]));

/**
 * The guards a record has to hold, one for each rule of `unique` whose fields it has.
 *
 * @example
 * uniqueGuards(customer, { id: 'c1', email: 'ada@example.com' })[0]?.guard // unique#customer#email#3f0a…
 */
export const uniqueGuards = (
  { name, unique }: Pick<Entity, 'name' | 'unique'>,
  record: Values,
): UniqueGuard[] =>
  unique.flatMap((fields) => {
    const values = fields.map((field) => record[field]);
    if (values.includes(undefined)) return [];
    return [{ fields, guard: `unique#${name}#${fields.join('+')}#${digest(values)}` }];
  });

/**
 * The claim of a guard for a record, as DynamoDB's Put without its table: it holds when nobody else has the guard, or
 * who had it has expired by `now`.
 */
export const guardClaim = (entity: Entity, { guard }: UniqueGuard, record: Values, now: Date) => {
  const holder = { S: holderOf(entity, record) };
  const epoch = timeToLive(entity, record);
  return {
    Item: {
      guard: { S: guard },
      holder,
      ...(epoch === undefined ? {} : { expiresAt: { N: String(epoch) } }),
    },
    ConditionExpression: 'attribute_not_exists(#guard) OR #holder = :holder OR #expiresAt <= :now',
    ExpressionAttributeNames: { '#guard': 'guard', '#holder': 'holder', '#expiresAt': GUARDS.timeToLive },
    ExpressionAttributeValues: { ':holder': holder, ':now': { N: String(Math.floor(now.getTime() / 1000)) } },
  };
};

/** The key of the guard that counts the records of an entity that refer to one record by a field. */
export const counterOf = ({ name }: Pick<Entity, 'name'>, field: string, value: unknown): string =>
  `references#${name}#${field}#${digest([value])}`;

/** The key of the guard that says that a record's field is counted. */
export const membershipOf = (
  { name, key }: Pick<Entity, 'name' | 'key'>,
  field: string,
  record: Values,
): string => `counted#${name}#${field}#${digest([holderOf({ key }, record)])}`;
