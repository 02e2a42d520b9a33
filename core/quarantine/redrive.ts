import * as z from 'zod';
import { QUARANTINE_PREFIX, REJECTED_PREFIX } from '../deployment.ts';

/** Most objects of one request. */
export const MOST_OBJECTS = 100;

/** What the function that replays is asked: objects of quarantine, each an entry. */
export const redriveRequestSchema = z.strictObject({
  objects: z
    .array(
      z
        .string()
        .max(1024)
        .refine((key) => key.startsWith(QUARANTINE_PREFIX) || key.startsWith(REJECTED_PREFIX)),
    )
    .min(1)
    .max(MOST_OBJECTS),
  /**
   * Whether what was not sent is sent, whether it is only looked for what was, or whether it is only said what would come of it and
   * nothing is changed.
   */
  mode: z.enum(['replay', 'check', 'rehearse']).default('replay'),
});

export type RedriveRequest = z.infer<typeof redriveRequestSchema>;

/** What became of an entry that was replayed. */
export const OUTCOMES = {
  delivered: 'its rows are in the lake, and it was moved out of quarantine',
  split: 'its rows are in the lake but for those that failed again, which are entries of their own',
  sent: 'it was sent and has not arrived yet',
  fits: 'it would be sent',
  misfit: 'it does not fit its schema',
  refused: 'it could not be sent now',
  erased: 'the person it is of was erased, and with them what it says',
  unreadable: 'nobody can read it',
  gone: 'it is not in quarantine any more',
} as const;

export type Outcome = keyof typeof OUTCOMES;

const outcomeSchema = z.strictObject({
  object: z.string(),
  outcome: z.enum(Object.keys(OUTCOMES) as [Outcome, ...Outcome[]]),
  /** Places that do not fit, or what was wrong; no value of the record. */
  why: z.string().optional(),
  rows: z.int().nonnegative(),
});

export type Redriven = z.infer<typeof outcomeSchema>;

/** What the function answers, in the order of the objects. */
export const redriveAnswerSchema = z.strictObject({ outcomes: z.array(outcomeSchema) });
