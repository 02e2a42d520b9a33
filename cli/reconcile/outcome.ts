import * as z from 'zod';

const lakeSide = z.object({ operation: z.string(), sequence: z.string(), version: z.number() });

const difference = z.object({
  kind: z.enum(['missing', 'extra', 'stale', 'resurrected']),
  key: z.record(z.string(), z.unknown()),
  table: z.object({ version: z.number() }).nullable(),
  lake: lakeSide.nullable(),
});

export type Difference = z.infer<typeof difference>;

const outcome = z.object({
  name: z.string(),
  isEqual: z.boolean(),
  differences: z.int(),
  isComplete: z.boolean(),
  moving: z.int(),
  records: z.int(),
  deep: z.boolean(),
  exportTime: z.string(),
  found: z.array(difference),
  document: z.string(),
  /** Keys that were sent to the lake anew before this comparison. */
  repaired: z.int(),
});

export type Outcome = z.infer<typeof outcome>;

/** What an execution of the comparison that succeeded says. */
export const comparison = z.object({
  status: z.enum(['equal', 'different']),
  outcomes: z.array(outcome),
});

export type Comparison = z.infer<typeof comparison>;
