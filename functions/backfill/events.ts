import * as z from 'zod';

const entity = z.string();
const run = z.string();

/** What the state machines ask of the function, step by step. */
export const backfillEvent = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('begin'),
    execution: z.string(),
    input: z.strictObject({
      entity,
      /** Rows a second; 0 for as many as go. */
      rate: z.int().min(0).max(1_000_000).default(5000),
    }),
  }),
  z.strictObject({ step: z.literal('plan'), entity, run, manifest: z.string() }),
  z.strictObject({ step: z.literal('emit'), entity, run }),
  z.strictObject({ step: z.literal('end'), entity, run }),
  z.strictObject({
    step: z.literal('repair'),
    entity,
    /** Key of a comparison's document in the lake bucket. */
    document: z.string(),
  }),
]);

export type BackfillEvent = z.infer<typeof backfillEvent>;
