import * as z from 'zod';

const SERVICES = ['athena', 'dynamodb', 'firehose', 'glue', 'lambda', 's3', 'scheduler', 'states', 'sts'];

/** The operation that stands for batches an event source mapping brings to a function. */
export const BATCHES = 'lambda:EventSourceMapping';

const operation = z
  .string()
  .regex(
    new RegExp(`^(${SERVICES.join('|')}):(\\*|[A-Z][A-Za-z0-9]*)$`),
    `Name a service and an operation of it, or all with *: s3:PutObject, firehose:*. Services: ${SERVICES.join(', ')}.`,
  );

/** When a fault strikes. `calls` count from 1, over the calls this fault could strike. */
const when = {
  probability: z.number().gt(0).max(1).optional(),
  calls: z.array(z.int().min(1)).min(1).optional(),
  /** How often at most; without it, as often as it comes. */
  limit: z.int().min(1).optional(),
};

/** Whom it strikes: the ARN of a caller, or the name of a function that is invoked. `*` stands for any characters. */
const of = { of: z.string().min(1).max(300).optional() };

const fault = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('throttle'), on: operation, ...when, ...of }),
    z.strictObject({ kind: z.literal('error'), on: operation, ...when, ...of }),
    z.strictObject({ kind: z.literal('lost-answer'), on: operation, ...when, ...of }),
    z.strictObject({
      kind: z.literal('slow'),
      on: operation,
      delayMs: z.int().min(1).max(60_000).default(1000),
      ...when,
      ...of,
    }),
    z.strictObject({ kind: z.literal('kill-process'), on: operation, ...when, ...of }),
    z.strictObject({
      kind: z.literal('partial'),
      on: z.literal('firehose:PutRecordBatch'),
      share: z.number().gt(0).max(1).default(0.5),
      ...when,
      ...of,
    }),
    z.strictObject({ kind: z.literal('disk-full'), on: z.literal('s3:PutObject'), ...when }),
    z.strictObject({
      kind: z.literal('kill-worker'),
      on: z.literal('lambda:Invoke'),
      delayMs: z.int().min(0).max(60_000).default(20),
      ...when,
      ...of,
    }),
    z.strictObject({ kind: z.literal('duplicate'), on: z.literal(BATCHES), ...when, ...of }),
    z.strictObject({ kind: z.literal('reorder'), on: z.literal(BATCHES), ...when, ...of }),
  ])
  .refine(
    ({ probability, calls }) => (probability === undefined) !== (calls === undefined),
    'Say when it strikes: with "probability" (above 0, up to 1) or with "calls" ([1, 5]), and not with both.',
  );

const plan = z.strictObject({
  /** What every decision of chance is made from. */
  seed: z.int().min(0).default(0),
  faults: z.array(fault).max(100),
});

export type Fault = z.infer<typeof fault>;
export type FaultKind = Fault['kind'];

/** Which faults strike which calls of the local cloud, and when. */
export type FaultPlan = z.infer<typeof plan>;

/** A fault plan that says what cannot be: the message names each wrong field and what it should be. */
export class WrongFaultPlan extends Error {
  override readonly name = 'WrongFaultPlan';
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WrongFaultPlan(`The fault plan is not JSON (${(error as Error).message}).`);
  }
};

/**
 * Reads a fault plan. Throws WrongFaultPlan.
 *
 * @example
 * parseFaultPlan('{"seed":7,"faults":[{"on":"firehose:PutRecordBatch","kind":"partial","probability":0.2}]}')
 */
export const parseFaultPlan = (text: string): FaultPlan => {
  const { data, error } = plan.safeParse(jsonOf(text));
  if (data) return data;
  const wrong = error.issues.map(({ path, message }) => `${path.join('.') || 'the plan'}: ${message}`);
  throw new WrongFaultPlan(`The fault plan is wrong. ${wrong.join('; ')}`);
};
