import * as z from 'zod';

/** How the refresh of one entity, or one mart, ended. */
export const outcomeSchema = z.looseObject({
  name: z.string(),
  /** Bytes its statements scanned, without those of a step that failed. */
  scanned: z.number().optional(),
  /** Files of its log that were merged. */
  merged: z.number().optional(),
  error: z.string().optional(),
});

export type Outcome = z.infer<typeof outcomeSchema>;

/** A refresh that came to its end. Times are ISO 8601. */
const run = z.object({
  execution: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  outcomes: z.array(outcomeSchema),
});

/** One refresh, as it is kept. */
export type Run = z.infer<typeof run>;

/** The last refreshes, the newest first. */
export const runsSchema = z.object({ runs: z.array(run) });

/** The key of the last refreshes in the lake bucket. */
export const RUNS_KEY = 'state/refresh.json';

/** Half a day of them, at one each quarter of an hour. */
const MOST_RUNS = 48;

/** The runs with one more, which may be there already: a step may be done twice. */
export const withRun = (runs: readonly Run[], added: Run): Run[] =>
  [added, ...runs.filter(({ execution }) => execution !== added.execution)].slice(0, MOST_RUNS);

/** Why a run failed, if it did. */
export const failuresOf = ({ outcomes }: Run): string[] =>
  outcomes.flatMap(({ name, error }) => (error === undefined ? [] : [`${name}: ${error}`]));

/** Bytes all statements of a run scanned. */
export const scannedBy = ({ outcomes }: Run): number =>
  outcomes.reduce((sum, { scanned = 0 }) => sum + scanned, 0);
