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

/** Fields to set on the draft, or what is wrong with it. */
export type Verdict =
  | { readonly fields: PlainRecord; readonly issues?: undefined }
  | { readonly issues: readonly Issue[]; readonly fields?: undefined };

/** What the business says of one entity, beyond its schema. */
export interface Rule {
  /** `draft` is what the client sent, valid by the schema. */
  beforeCreate(draft: PlainRecord, context: RuleContext): Promise<Verdict>;
}
