import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const record = z.object({
  id: z.string(),
  token: z.string(),
  query: z.string(),
  parameters: z.array(z.string()),
  type: z.enum(['DML', 'DDL', 'UTILITY']),
  kind: z.string(),
  database: z.string().optional(),
  workGroup: z.string(),
  outputLocation: z.string(),
  state: z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED']),
  reason: z.string().optional(),
  submitted: z.number(),
  started: z.number().optional(),
  completed: z.number().optional(),
  scanned: z.number(),
  manifest: z.string().optional(),
  updateCount: z.number().optional(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      precision: z.number(),
      scale: z.number(),
      caseSensitive: z.boolean(),
    }),
  ),
});

/** One query from its start on. Times are milliseconds since 1970. */
export type Execution = z.infer<typeof record>;

/** Every query of this data folder. */
export interface Executions {
  get(id: string): Execution | undefined;
  byToken(token: string): Execution | undefined;
  /** Keeps the execution as it is now, on disk too. */
  save(execution: Execution): void;
  /** Newest first. */
  list(workGroup: string): readonly Execution[];
}

/** Opens `<dataDir>/athena/executions`; a query a crash cut off is FAILED from now on. */
export const openExecutions = (dataDir: string): Executions => {
  const folder = join(dataDir, 'athena', 'executions');
  mkdirSync(folder, { recursive: true });
  const all = new Map<string, Execution>();
  const tokens = new Map<string, string>();
  const keep = (execution: Execution) => {
    all.set(execution.id, execution);
    tokens.set(execution.token, execution.id);
  };
  const save = (execution: Execution) => {
    keep(execution);
    write(folder, execution);
  };
  for (const execution of load(folder)) {
    if (isDone(execution)) keep(execution);
    else
      save({
        ...execution,
        state: 'FAILED',
        reason: 'The local cloud stopped while the query ran',
        completed: Date.now(),
      });
  }
  return {
    get: (id) => all.get(id),
    byToken: (token) => all.get(tokens.get(token) ?? ''),
    save,
    list: (workGroup) =>
      [...all.values()]
        .filter((one) => one.workGroup === workGroup)
        .toSorted((a, b) => b.submitted - a.submitted),
  };
};

/** Whether a query has come to its end. */
export const isDone = ({ state }: Execution): boolean => state !== 'QUEUED' && state !== 'RUNNING';

const load = (folder: string): Execution[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const parsed = record.safeParse(parseJson(readFileSync(join(folder, name), 'utf8')));
      return parsed.success ? [parsed.data] : [];
    });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const write = (folder: string, execution: Execution) => {
  const file = join(folder, `${execution.id}.json`);
  writeFileSync(`${file}.new`, JSON.stringify(execution));
  renameSync(`${file}.new`, file);
};

/** AthenaError's category of a fault in the query (https://docs.aws.amazon.com/athena/latest/ug/error-reference.html). */
const USER_ERROR = 2;

/** A query as GetQueryExecution gives it. */
export const describeExecution = (execution: Execution) => ({
  QueryExecutionId: execution.id,
  Query: execution.query,
  StatementType: execution.type,
  SubstatementType: execution.kind,
  ResultConfiguration: { OutputLocation: execution.outputLocation },
  QueryExecutionContext: {
    Catalog: 'awsdatacatalog',
    ...(execution.database !== undefined && { Database: execution.database }),
  },
  Status: {
    State: execution.state,
    ...(execution.reason !== undefined && { StateChangeReason: execution.reason }),
    SubmissionDateTime: execution.submitted / 1000,
    ...(execution.completed !== undefined && { CompletionDateTime: execution.completed / 1000 }),
    ...(execution.state === 'FAILED' && {
      AthenaError: {
        ErrorCategory: USER_ERROR,
        Retryable: false,
        ErrorMessage: execution.reason ?? '',
      },
    }),
  },
  Statistics: statistics(execution),
  WorkGroup: execution.workGroup,
  EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
  ...(execution.parameters.length > 0 && { ExecutionParameters: execution.parameters }),
});

const statistics = ({ submitted, started, completed, scanned, manifest }: Execution) => {
  const end = completed ?? Date.now();
  return {
    EngineExecutionTimeInMillis: started === undefined ? 0 : end - started,
    DataScannedInBytes: scanned,
    ...(manifest !== undefined && { DataManifestLocation: manifest }),
    TotalExecutionTimeInMillis: end - submitted,
    QueryQueueTimeInMillis: (started ?? end) - submitted,
    ServiceProcessingTimeInMillis: 0,
    ResultReuseInformation: { ReusedPreviousResult: false },
  };
};
