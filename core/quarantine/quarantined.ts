import * as z from 'zod';

/** What a quarantine object says. Nothing personal is in it but what is sealed. */
export const quarantinedSchema = z.object({
  entity: z.string(),
  /** Key of the record. */
  key: z.unknown(),
  /** Places in the record, in names of the schema. */
  reason: z.array(z.object({ pointer: z.string() })),
  rows: z.int(),
  /** Why it is here: it does not fit, or the event source mapping gave up, for what it says. */
  condition: z.string(),
  /** How often it was tried to make a row of it. */
  tried: z.int().nonnegative(),
  schemaVersion: z.int(),
  functionVersion: z.string(),
  quarantinedAt: z.iso.datetime(),
  /** When it was sent again, if it was and has not been seen in the lake since. */
  sentAt: z.iso.datetime().optional(),
  /** Token of the record and the whole reason; null when whose it is was erased before. */
  sealed: z.string().nullable(),
});

export type Quarantined = z.infer<typeof quarantinedSchema>;

/** What the object of a record says that Firehose could not convert. Its rows are sealed as they are. */
export const rejectedSchema = z.object({
  /** Name of the entity or event whose delivery stream it was put into. */
  schema: z.string(),
  /** Firehose's code, and what it says of it. */
  code: z.string(),
  message: z.string(),
  /** How often Firehose could not convert it. */
  tried: z.int().positive(),
  /** Error object and line it was found in last, so that looking twice counts once. */
  source: z.string(),
  failedAt: z.iso.datetime(),
  sentAt: z.iso.datetime().optional(),
  /** The record in base64, as Firehose was given it: rows, one a line. */
  rawData: z.string(),
});

export type Rejected = z.infer<typeof rejectedSchema>;
