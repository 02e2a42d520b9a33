import * as z from 'zod';

const chunk = z.strictObject({ index: z.int(), first: z.int(), count: z.int() });

/** Some data files of an export, read by one invocation. */
export type Chunk = z.infer<typeof chunk>;

/** Of which entity, by which export, and whether all of a record counts. */
const subject = {
  entity: z.string(),
  /** Key of the export's summary in the lake bucket. */
  manifest: z.string(),
  deep: z.boolean(),
};

const query = z.string();

/** How the comparison of one entity ended. */
const outcome = z.looseObject({
  name: z.string(),
  differences: z.int().optional(),
  isEqual: z.boolean().optional(),
  error: z.string().optional(),
});

export type Outcome = z.infer<typeof outcome>;

/** What the state machine asks of the function, step by step. */
export const reconcileEvent = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('begin'),
    input: z.strictObject({
      entities: z.array(z.string()).min(1).optional(),
      deep: z.boolean().default(false),
      repair: z.boolean().default(false),
      /** Seconds until a change must be in the lake. */
      patience: z.int().min(0).max(3600).default(300),
    }),
  }),
  z.strictObject({ step: z.literal('plan'), ...subject }),
  z.strictObject({ step: z.literal('digest'), ...subject, chunk }),
  z.strictObject({ step: z.literal('compare'), ...subject, chunks: z.int(), query }),
  z.strictObject({ step: z.literal('collect'), ...subject, chunk, buckets: z.array(z.string()) }),
  z.strictObject({
    step: z.literal('look'),
    ...subject,
    chunks: z.int(),
    query,
    /** When the query was asked, in epoch milliseconds. */
    asked: z.number(),
    patience: z.int(),
    looks: z.int(),
  }),
  z.strictObject({ step: z.literal('verdict'), ...subject }),
  z.strictObject({ step: z.literal('end'), outcomes: z.array(outcome) }),
]);

export type ReconcileEvent = z.infer<typeof reconcileEvent>;
