import * as z from 'zod';
import { outcomeSchema } from '../../core/lake/state/runs.ts';

const entity = z.string();
const file = z.object({ name: z.string(), size: z.number(), etag: z.string() });
const execution = z.string();
const mart = z.string();
const run = z.string();

/** What the state machine asks of the function, step by step. */
export const refreshEvent = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('begin'), execution }),
  z.strictObject({ step: z.literal('ensure'), entity }),
  z.strictObject({ step: z.literal('next'), entity }),
  z.strictObject({ step: z.literal('plan'), entity, files: z.array(file), probe: z.string() }),
  z.strictObject({ step: z.literal('commit'), entity, files: z.array(file) }),
  z.strictObject({ step: z.literal('publish'), entity }),
  z.strictObject({ step: z.literal('describe'), entity }),
  z.strictObject({ step: z.literal('maintain'), entity, inspection: z.string() }),
  z.strictObject({ step: z.literal('maintained'), entity, vacuumed: z.boolean() }),
  z.strictObject({
    step: z.literal('mart'),
    mart,
    at: z.iso.datetime(),
    /** Entities whose refresh failed. */
    failed: z.array(z.string()),
  }),
  z.strictObject({ step: z.literal('mart-check'), mart, run }),
  z.strictObject({ step: z.literal('mart-verdict'), mart, run, checked: z.string() }),
  z.strictObject({
    step: z.literal('mart-shown'),
    mart,
    run,
    rows: z.number(),
    /** Of the statement that made it. */
    bytesScanned: z.number(),
  }),
  z.strictObject({ step: z.literal('mart-publish'), mart, run, rows: z.string() }),
  z.strictObject({
    step: z.literal('end'),
    execution,
    startedAt: z.iso.datetime(),
    outcomes: z.array(outcomeSchema),
  }),
]);

export type RefreshEvent = z.infer<typeof refreshEvent>;
