import type { PlainRecord } from '../../../core/http/patch.ts';
import type { Issue } from '../../../core/schema/issues.ts';
import type { Claims } from '../call.ts';

/** What a rule may use of the world. */
export interface RuleContext {
  /** Records of another entity by their one-field key, as they are now. Those that are not there are missing. */
  readonly read: (entity: string, keys: readonly string[]) => Promise<ReadonlyMap<string, PlainRecord>>;
  readonly now: Date;
  readonly claims: Claims;
}

/**
 * A change of another record, in the same transaction as the record itself. When the other record is gone, or is not
 * as `while` says, or a sum would be below zero, nothing is written and the rule is asked again.
 */
export interface Change {
  readonly entity: string;
  /** The one-field key of the other record. */
  readonly key: string;
  /** What to add to its whole-number fields. */
  readonly add: Readonly<Record<string, number>>;
  /** Fields that must still be as the rule read them. */
  readonly while?: PlainRecord;
}

/** What goes with the record. */
export interface Consequences {
  /** Fields to set on it. */
  readonly fields?: PlainRecord;
  /** Changes of other records. */
  readonly changes?: readonly Change[];
  readonly issues?: undefined;
}

/** What follows from the draft, or what is wrong with it. */
export type Verdict = Consequences | { readonly issues: readonly Issue[]; readonly fields?: undefined };

/** A rule for a record that is there. */
export type RecordRule = (record: PlainRecord, context: RuleContext) => Promise<Consequences>;

/** What the business says of one entity, beyond its schema. A rule refuses by throwing a ProblemError. */
export interface Rule {
  /** `draft` is what the client sent, valid by the schema. */
  readonly beforeCreate?: (draft: PlainRecord, context: RuleContext) => Promise<Verdict>;
  readonly beforeDelete?: RecordRule;
  /** By name of the action, for those that do more than move the state. */
  readonly beforeAction?: Readonly<Record<string, RecordRule>>;
}
