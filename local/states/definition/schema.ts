import * as z from 'zod';
import type { Json } from '../json.ts';

/** A value in which every text between `{%` and `%}` is a JSONata expression. */
export type Template = Json;

const MAX_SECONDS = 99_999_999;
const MAX_DELAY_SECONDS = 31_622_399;

const name = z.string().min(1).max(80);
const template: z.ZodType<Template> = z.json();
const expression = z.string().regex(/^\{%.*%\}$/s, 'must be a JSONata expression: {% … %}');

const wholeOrExpression = (min: number, max: number) =>
  z.union([z.int().min(min).max(max), expression], {
    error: `must be a whole number from ${min} to ${max}, or a JSONata expression: {% … %}`,
  });

const variable = z
  .string()
  .max(80)
  .regex(/^[\p{ID_Start}_][\p{ID_Continue}_]*$/u, 'is no name of a variable')
  .refine((text) => text !== 'states', 'is reserved');

const data = { Output: template.optional(), Assign: z.record(variable, template).optional() };
const common = { Comment: z.string().optional(), QueryLanguage: z.literal('JSONata').optional() };
const flow = { Next: name.optional(), End: z.boolean().optional() };
const errors = z.array(z.string().min(1)).min(1);

const retrier = z
  .strictObject({
    Comment: z.string().optional(),
    ErrorEquals: errors,
    IntervalSeconds: z.int().min(1).max(MAX_SECONDS).default(1),
    MaxAttempts: z.int().min(0).max(MAX_SECONDS).default(3),
    BackoffRate: z.number().min(1).default(2),
    MaxDelaySeconds: z.int().max(MAX_DELAY_SECONDS).optional(),
    JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
  })
  .refine(({ IntervalSeconds, MaxDelaySeconds = Infinity }) => MaxDelaySeconds > IntervalSeconds, {
    path: ['MaxDelaySeconds'],
    error: 'must be more than IntervalSeconds',
  });

const catcher = z.strictObject({ Comment: z.string().optional(), ErrorEquals: errors, Next: name, ...data });

const handlers = { Retry: z.array(retrier).optional(), Catch: z.array(catcher).optional() };

const rule = z.strictObject({ Comment: z.string().optional(), Condition: expression, Next: name, ...data });

const pass = z.strictObject({ Type: z.literal('Pass'), ...common, ...data, ...flow });
const succeed = z.strictObject({ Type: z.literal('Succeed'), ...common, Output: template.optional() });
const fail = z.strictObject({
  Type: z.literal('Fail'),
  ...common,
  Error: z.string().optional(),
  Cause: z.string().optional(),
});
const wait = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...data,
  ...flow,
  Seconds: wholeOrExpression(0, MAX_SECONDS).optional(),
  Timestamp: z.string().optional(),
});
const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  ...data,
  Choices: z.array(rule).min(1),
  Default: name.optional(),
});
const task = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...data,
  ...flow,
  ...handlers,
  Resource: z.string(),
  Arguments: template.optional(),
  TimeoutSeconds: wholeOrExpression(1, MAX_SECONDS).optional(),
});

/** States that lead to each other: a state machine, a branch of Parallel, or what Map does to each item. */
export interface StateMap {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const stateMap: z.ZodType<StateMap> = z.lazy(() => z.strictObject(stateMapFields));
const processor: z.ZodType<StateMap> = z.lazy(() =>
  z.strictObject({
    ProcessorConfig: z.strictObject({ Mode: z.literal('INLINE') }).optional(),
    ...stateMapFields,
  }),
);

const parallelFields = z.strictObject({
  Type: z.literal('Parallel'),
  ...common,
  ...data,
  ...flow,
  ...handlers,
  Arguments: template.optional(),
});
const mapFields = z.strictObject({
  Type: z.literal('Map'),
  ...common,
  ...data,
  ...flow,
  ...handlers,
  Items: z.union([z.array(template), expression]).optional(),
  ItemSelector: template.optional(),
  MaxConcurrency: wholeOrExpression(0, MAX_SECONDS).optional(),
});
const parallel = parallelFields.extend({ Branches: z.array(stateMap).min(1) });
const map = mapFields.extend({ ItemProcessor: processor });

export type PassState = z.infer<typeof pass>;
export type ChoiceState = z.infer<typeof choice>;
export type WaitState = z.infer<typeof wait>;
export type SucceedState = z.infer<typeof succeed>;
export type FailState = z.infer<typeof fail>;
export type TaskState = z.infer<typeof task>;
export type ParallelState = z.infer<typeof parallelFields> & { readonly Branches: readonly StateMap[] };
export type MapState = z.infer<typeof mapFields> & { readonly ItemProcessor: StateMap };
export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;

export type State =
  | PassState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | TaskState
  | ParallelState
  | MapState;

const state: z.ZodType<State> = z.discriminatedUnion(
  'Type',
  [pass, choice, wait, succeed, fail, task, parallel, map],
  { error: 'is no state the local cloud runs: Task, Map, Parallel, Choice, Pass, Wait, Succeed, Fail' },
);

const stateMapFields = {
  Comment: z.string().optional(),
  StartAt: name,
  States: z.record(name, state),
};

/** A state machine's definition, as far as the local cloud runs the Amazon States Language. */
export const machineDefinition = z.strictObject({
  ...stateMapFields,
  QueryLanguage: z.literal('JSONata', {
    error: 'must be JSONata: the local cloud does not run JSONPath, which is the default',
  }),
  Version: z.literal('1.0').optional(),
  TimeoutSeconds: z.int().min(1).max(MAX_SECONDS).optional(),
});

export type MachineDefinition = z.infer<typeof machineDefinition>;

/** The states of a state that has some inside: branches of Parallel, the processor of Map. */
export const innerMaps = (one: State): readonly StateMap[] => {
  if (one.Type === 'Parallel') return one.Branches;
  return one.Type === 'Map' ? [one.ItemProcessor] : [];
};
