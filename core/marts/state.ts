import * as z from 'zod';
import { STATE_PREFIX } from '../deployment.ts';
import { placeholdersOf } from '../queries/expand.ts';
import type { SavedQuery } from '../queries/parse.ts';

const instant = z.iso.datetime();

/** What a run was made of: it gives the same rows again while this is the same. */
const runSchema = z.object({
  run: z.string(),
  /** The instant it is of: the start of the refresh. ISO 8601. */
  at: instant,
  /** Digest of all that says how the mart is made and checked. */
  definition: z.string(),
  /** A mark of how far each entity or event that it reads had come, by name. */
  sources: z.record(z.string(), z.string()),
});

/** What the lake bucket keeps of a mart, for the refresh and for `tailrace lake status`. */
export const martStateSchema = z.object({
  /** The run under way, or one that was left. */
  building: runSchema.optional(),
  /** The run that readers see. */
  current: runSchema
    .extend({
      builtAt: instant,
      rows: z.number(),
      bytesScanned: z.number(),
      /** What was checked, and held. */
      checks: z.array(z.string()),
    })
    .optional(),
  /** The run that readers saw before: whoever began to read it can finish. */
  before: z.string().optional(),
  /** The run whose rows the API answers, of marts that are published. */
  published: z.string().optional(),
  /** The last run that was not shown, as something did not hold; gone when one holds. */
  failed: runSchema.extend({ failedAt: instant, error: z.string() }).optional(),
  /** When the mart was last found to need nothing. */
  unchangedAt: instant.optional(),
});

export type MartState = z.infer<typeof martStateSchema>;
export type Run = z.infer<typeof runSchema>;

/** The key of a mart's state in the lake bucket. */
export const martStateKey = (mart: string): string => `${STATE_PREFIX}marts/${mart}.json`;

const dayOf = (iso: string): string => iso.slice(0, 10);

/** What a run would be made of now. */
export interface Inputs {
  readonly definition: string;
  /** Every mark that is right now of each entity or event. A run's mark is one of them while nothing has come since. */
  readonly marks: Readonly<Record<string, readonly string[]>>;
}

const isSame = ({ definition, sources }: Run, inputs: Inputs): boolean =>
  definition === inputs.definition &&
  Object.entries(inputs.marks).every(([source, marks]) => marks.includes(sources[source] ?? ''));

/** Rows that depend on the time of the question change though nothing else does. */
const asksForTime = ({ sql }: SavedQuery): boolean => placeholdersOf(sql).includes('as_of');

/** What a refresh does with a mart. */
export type Due =
  | { readonly todo: 'build' }
  /** The run is shown already; the API has not got it yet. */
  | { readonly todo: 'publish'; readonly run: string }
  /** It would fail as it did. */
  | { readonly todo: 'tell'; readonly error: string }
  | { readonly todo: 'nothing' };

/**
 * What a refresh at an instant has to do with a mart, given what it would be made of and the run its view shows. Nothing, while
 * all it reads is as it was: then a run would give the same rows. A daily mart, and one that asks for the time, gets a run
 * a day, an empty one whenever something came; a mart that failed is not made again of the same.
 *
 * @example
 * due(query, state, { at: '2026-11-25T12:00:00.000Z', inputs, shown: '20261125t114500000' }).todo // nothing
 */
export const due = (
  query: SavedQuery,
  { current, failed, published }: MartState,
  { at, inputs, shown }: { at: string; inputs: Inputs; shown: string | undefined },
): Due => {
  const isOfToday = (run: Run): boolean => dayOf(run.at) === dayOf(at);
  const isGood = (run: Run): boolean => isSame(run, inputs) && (isOfToday(run) || !asksForTime(query));
  if (failed && isGood(failed)) return { todo: 'tell', error: failed.error };
  if (!current || current.run !== shown || current.definition !== inputs.definition) return { todo: 'build' };
  const mayWait = query.refresh === 'daily' && isOfToday(current) && current.rows > 0;
  if (!isGood(current) && !mayWait) return { todo: 'build' };
  const isMissing = query.publish.length > 0 && published !== current.run;
  return isMissing ? { todo: 'publish', run: current.run } : { todo: 'nothing' };
};
