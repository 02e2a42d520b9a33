import type { PlainRecord } from '../../../core/http/patch.ts';
import type { Entity } from '../../../core/schema/entity.ts';
import { holderOf } from '../../../core/table/guards.ts';
import type { Bound } from '../access.ts';
import type { Model } from '../model.ts';
import type { Referrer } from '../references.ts';
import type { Change } from '../rules/rule.ts';

/** A record that is to go. */
export interface Leaving {
  readonly model: Model;
  readonly record: PlainRecord;
  /** Whose it has to be, where that matters. */
  readonly bound?: Bound | undefined;
}

/** A field of a record that is counted: the guard that says so, and the one that counts. */
export interface Counted {
  readonly membership: string;
  readonly counter: string;
}

/** A record that is to go, and all that has to be written with it. */
export interface Removal extends Leaving {
  /** Size of the record as JSON, about what DynamoDB counts. */
  readonly bytes: number;
  /** Unique guards it holds. */
  readonly held: readonly string[];
  /** Its fields that are counted by what they refer to. */
  readonly counted: readonly Counted[];
  /** The guards that count who refers to it. */
  readonly counters: readonly { readonly guard: string; readonly referrer: Referrer }[];
  /** What its rule changes. */
  readonly changes: readonly Change[];
}

/** One text for each record of any entity. */
export const identity = (name: string, key: readonly unknown[]): string => `${name} ${JSON.stringify(key)}`;

const keyValues = ({ key }: Pick<Entity, 'key'>, record: PlainRecord): unknown[] =>
  key.map((name) => record[name]);

/** The text that stands for a record that is to go. */
export const identityOf = ({ model, record }: Leaving): string =>
  identity(model.entity.name, keyValues(model.entity, record));

/** What other records refer to it by: entities that are referred to have a key of one field. */
export const referredBy = ({ model, record }: Leaving): unknown => record[model.entity.key[0]];

/** Who holds its unique guards. */
export const holder = ({ model, record }: Leaving): string => holderOf(model.entity, record);
