import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalog } from '../glue/catalog.ts';
import type { Call, Cloud } from '../service.ts';
import type { Engine } from './engine/duckdb.ts';
import { asFolder, splitLocation, type ObjectStore } from './engine/files.ts';
import type { Footers } from './engine/footers.ts';
import type { Planner } from './engine/planner.ts';
import { isDone, type Execution, type Executions } from './executions.ts';
import { finder } from './find.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { csvLine } from './results.ts';
import { SqlError } from './sql/error.ts';
import type { Outcome, Session, Statement } from './statements/statement.ts';
import { workGroupArn } from './workgroups.ts';

export interface Runner {
  /** Starts a query that was saved as QUEUED; it ends on its own. */
  start(execution: Execution, statement: () => Statement, call: Call, cutoff: number | undefined): void;
  /** Ends a query that has not ended; it is CANCELLED when this returns. */
  cancel(id: string): void;
  /** Resolves when nothing runs any more, having cancelled what did. */
  close(): Promise<void>;
}

export interface RunnerParts {
  readonly cloud: Cloud;
  readonly catalog: Catalog;
  readonly store: ObjectStore;
  readonly engine: Engine;
  readonly footers: Footers;
  readonly planner: Planner;
  readonly executions: Executions;
  readonly prepared: PreparedStatements;
  /** A folder on disk that is empty when the process starts. */
  readonly scratch: string;
}

const CONCURRENT = 4;

class Cancelled extends Error {}

interface Job {
  readonly run: () => Promise<void>;
  connection?: DuckDBConnection;
  interrupting?: NodeJS.Timeout;
}

const INTERRUPT_EVERY_MS = 20;

/** Interrupts until the job ends: an interrupt between two steps of a query is lost. */
const interrupt = (job: Job) => {
  job.connection?.interrupt();
  job.interrupting ??= setInterval(() => job.connection?.interrupt(), INTERRUPT_EVERY_MS);
};

/** Runs queries side by side, at most four at once; the others wait as QUEUED. */
export const createRunner = (parts: RunnerParts): Runner => {
  const jobs = new Map<string, Job>();
  const waiting: string[] = [];
  const running = new Map<string, Promise<void>>();
  const next = () => {
    while (running.size < CONCURRENT && waiting.length > 0) {
      const id = waiting.shift() as string;
      const job = jobs.get(id);
      if (job)
        running.set(
          id,
          job.run().finally(() => finish(id)),
        );
    }
  };
  const finish = (id: string) => {
    clearInterval(jobs.get(id)?.interrupting);
    running.delete(id);
    jobs.delete(id);
    next();
  };
  const cancel = (id: string) => {
    const execution = parts.executions.get(id);
    if (!execution || isDone(execution)) return;
    parts.executions.save({
      ...execution,
      state: 'CANCELLED',
      reason: 'Query cancelled by user',
      completed: Date.now(),
    });
    const job = jobs.get(id);
    if (job && running.has(id)) interrupt(job);
    else jobs.delete(id);
  };
  return {
    start(execution, statement, call, cutoff) {
      const job: Job = { run: () => runJob(parts, execution.id, statement, call, cutoff, job) };
      jobs.set(execution.id, job);
      waiting.push(execution.id);
      setImmediate(next);
    },
    cancel,
    async close() {
      for (const id of jobs.keys()) cancel(id);
      await Promise.allSettled(running.values());
    },
  };
};

const runJob = async (
  parts: RunnerParts,
  id: string,
  statement: () => Statement,
  call: Call,
  cutoff: number | undefined,
  job: Job,
): Promise<void> => {
  const { executions } = parts;
  const update = (change: Partial<Execution>) => {
    const current = executions.get(id) as Execution;
    if (isDone(current)) throw new Cancelled();
    executions.save({ ...current, ...change });
  };
  try {
    update({ state: 'RUNNING', started: Date.now() });
    await parts.engine.withConnection(async (connection) => {
      job.connection = connection;
      const session = sessionOf(parts, executions.get(id) as Execution, connection, call, {
        scanned(scanned) {
          update({ scanned });
          if (cutoff !== undefined && scanned > cutoff) throw new OverCutoff();
        },
        proceed: () => update({}),
      });
      const outcome = await statement().run(session);
      update({ columns: [...outcome.columns] });
      await (outcome.written
        ? writeManifest(parts.store, executions.get(id) as Execution, outcome.written, update)
        : writeResult(parts.store, executions.get(id) as Execution, outcome));
    });
    update({ state: 'SUCCEEDED', completed: Date.now() });
  } catch (error) {
    settle(parts, id, error);
  }
};

class OverCutoff extends Error {}

const settle = ({ executions, cloud }: RunnerParts, id: string, error: unknown) => {
  const current = executions.get(id);
  if (!current || isDone(current)) return;
  const completed = Date.now();
  if (error instanceof OverCutoff) {
    const reason = 'Query cancelled! : Bytes scanned limit was exceeded';
    executions.save({ ...current, state: 'CANCELLED', reason, completed });
    return;
  }
  const reason = (error as Error).message;
  if (!(error instanceof SqlError))
    cloud.log('debug', 'athena', `query ${id}: ${(error as Error).stack ?? reason}`);
  executions.save({ ...current, state: 'FAILED', reason, completed });
};

const sessionOf = (
  { cloud, catalog, store, footers, planner, scratch, prepared }: RunnerParts,
  execution: Execution,
  connection: DuckDBConnection,
  call: Call,
  progress: Pick<Session, 'scanned' | 'proceed'>,
): Session => {
  const authorizeGlue: Session['authorizeGlue'] = (action, database, table) => {
    for (const arn of glueArns(cloud, database, table)) permitted(() => call.authorize(action, arn));
  };
  return {
    catalog,
    store,
    footers,
    planner,
    connection,
    database: execution.database,
    queryId: execution.id,
    outputLocation: execution.outputLocation,
    scratch,
    prepared: preparedOf(prepared, execution.workGroup, cloud, call),
    now: new Date(execution.submitted),
    find: finder(catalog, (database, table) => authorizeGlue('glue:GetTable', database, table)),
    authorizeGlue,
    authorizeData: (location) => authorizeBelow(call, location, ['s3:ListBucket'], 's3:GetObject'),
    authorizeWrite: (location) =>
      authorizeBelow(call, location, ['s3:GetBucketLocation', 's3:ListBucket'], 's3:PutObject'),
    ...progress,
  };
};

const preparedOf = (
  prepared: PreparedStatements,
  workGroup: string,
  cloud: Cloud,
  call: Call,
): Session['prepared'] => {
  const arn = workGroupArn(cloud, workGroup);
  return {
    put(name, sql) {
      permitted(() => call.authorize('athena:CreatePreparedStatement', arn));
      if (prepared.get(workGroup, name))
        throw new SqlError('ALREADY_EXISTS', `Prepared statement already exists: ${name}`);
      prepared.put({ StatementName: name, WorkGroup: workGroup, QueryStatement: sql });
    },
    remove(name) {
      permitted(() => call.authorize('athena:DeletePreparedStatement', arn));
      return prepared.remove(workGroup, name);
    },
  };
};

const authorizeBelow = (call: Call, location: string, onBucket: readonly string[], onObjects: string) => {
  const { bucket, prefix } = splitLocation(asFolder(location));
  for (const action of onBucket) permitted(() => call.authorize(action, `arn:aws:s3:::${bucket}`));
  permitted(() => call.authorize(onObjects, `arn:aws:s3:::${bucket}/${prefix}*`));
};

/** Glue asks for the right on the catalogue and the database as well as on the table. */
export const glueArns = ({ region, account }: Cloud, database?: string, table?: string): string[] => {
  const base = `arn:aws:glue:${region}:${account}`;
  const arns = [`${base}:catalog`];
  if (database !== undefined) arns.push(`${base}:database/${database}`);
  if (table !== undefined) arns.push(`${base}:table/${database}/${table}`);
  return arns;
};

const permitted = (check: () => void) => {
  try {
    check();
  } catch (error) {
    throw new SqlError(
      'PERMISSION_DENIED',
      `Insufficient permissions to execute the query. ${(error as Error).message}`,
    );
  }
};

/** Keeps the list of the files a statement wrote, as AWS does for those that leave no rows of their own. */
const writeManifest = async (
  store: ObjectStore,
  { outputLocation }: Execution,
  { updated, addresses }: NonNullable<Outcome['written']>,
  update: (change: Partial<Execution>) => void,
) => {
  const manifest = `${outputLocation}-manifest.csv`;
  const { bucket, prefix } = splitLocation(manifest);
  const text = addresses.map((address) => `${address}\n`).join('');
  await putResult(store, bucket, prefix, Buffer.from(text), 'text/csv');
  update({ manifest, updateCount: updated });
};

const writeResult = async (store: ObjectStore, execution: Execution, outcome: Outcome) => {
  const isCsv = execution.outputLocation.endsWith('.csv');
  const parts: Buffer[] = isCsv ? [Buffer.from(csvLine(outcome.columns.map((column) => column.name)))] : [];
  for await (const rows of outcome.pages) {
    const text = rows.map((row) => (isCsv ? csvLine(row) : `${row[0] ?? ''}\n`)).join('');
    parts.push(Buffer.from(text));
  }
  const { bucket, prefix } = splitLocation(execution.outputLocation);
  await putResult(store, bucket, prefix, Buffer.concat(parts), isCsv ? 'text/csv' : 'text/plain');
};

const putResult = async (
  store: ObjectStore,
  bucket: string,
  key: string,
  body: Buffer,
  contentType: string,
) => {
  try {
    await store.put(bucket, key, body, { contentType });
  } catch (error) {
    throw new SqlError('', `Unable to verify/create output bucket ${bucket}: ${(error as Error).message}`);
  }
};
