import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalog } from '../glue/catalog.ts';
import type { Call, Cloud } from '../service.ts';
import type { Engine } from './engine/duckdb.ts';
import { splitLocation } from './engine/tables.ts';
import { isDone, type Execution, type Executions } from './executions.ts';
import { finder } from './find.ts';
import type { IcebergContext, IcebergRuntime, TableStore } from './iceberg/context.ts';
import { describeIceberg } from './iceberg/source.ts';
import { loadTable } from './iceberg/table.ts';
import { csvLine } from './results.ts';
import { SqlError } from './sql/error.ts';
import type { Outcome, Session, Statement } from './statements/statement.ts';

/** What Athena needs of S3: the files of tables, and a place for results. */
export interface ObjectStore extends TableStore {
  put(
    bucket: string,
    key: string,
    body: Buffer | { readonly path: string },
    meta?: { contentType?: string },
  ): Promise<unknown>;
  get(bucket: string, key: string): Promise<Buffer>;
}

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
  readonly executions: Executions;
  readonly iceberg: IcebergRuntime;
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
      const session = sessionOf(parts, executions.get(id) as Execution, connection, call, (scanned) => {
        update({ scanned });
        if (cutoff !== undefined && scanned > cutoff) throw new OverCutoff();
      });
      const outcome = await statement().run(session);
      const { updateCount } = outcome;
      update({ columns: [...outcome.columns], ...(updateCount !== undefined && { updateCount }) });
      if (updateCount === undefined) await writeResult(parts.store, executions.get(id) as Execution, outcome);
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
  { cloud, catalog, store, iceberg }: RunnerParts,
  execution: Execution,
  connection: DuckDBConnection,
  call: Call,
  scanned: (bytes: number) => void,
): Session => {
  const authorizeGlue: Session['authorizeGlue'] = (action, database, table) => {
    for (const arn of glueArns(cloud, database, table)) permitted(() => call.authorize(action, arn));
  };
  const context: IcebergContext = {
    catalog,
    store,
    connection,
    runtime: iceberg,
    authorizeGlue,
    ...dataRights(call),
  };
  return {
    ...context,
    database: execution.database,
    now: new Date(execution.submitted),
    find: finder(
      catalog,
      (database, table) => authorizeGlue('glue:GetTable', database, table),
      (table, part, at, travel) => {
        context.authorizeData(table.StorageDescriptor?.Location ?? '');
        return describeIceberg(context, loadTable(store, table), at, travel, part);
      },
    ),
    scanned,
  };
};

/** What S3 asks of whoever reads, writes or deletes the files of a table. */
const dataRights = (call: Call) => ({
  authorizeData(location: string) {
    permitted(() => call.authorize('s3:ListBucket', `arn:aws:s3:::${splitLocation(location).bucket}`));
    permitted(() => call.authorize('s3:GetObject', everyObject(location)));
  },
  authorizeWrite(location: string) {
    permitted(() => call.authorize('s3:PutObject', everyObject(location)));
  },
  mayDelete(location: string) {
    try {
      call.authorize('s3:DeleteObject', everyObject(location));
      return true;
    } catch {
      return false;
    }
  },
});

const everyObject = (location: string) => {
  const { bucket, prefix } = splitLocation(location);
  return `arn:aws:s3:::${bucket}/${prefix}${prefix.endsWith('/') ? '' : '/'}*`;
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

const writeResult = async (store: ObjectStore, execution: Execution, outcome: Outcome) => {
  const isCsv = execution.outputLocation.endsWith('.csv');
  const parts: Buffer[] = isCsv ? [Buffer.from(csvLine(outcome.columns.map((column) => column.name)))] : [];
  for await (const rows of outcome.pages) {
    const text = rows.map((row) => (isCsv ? csvLine(row) : `${row[0] ?? ''}\n`)).join('');
    parts.push(Buffer.from(text));
  }
  const { bucket, prefix } = splitLocation(execution.outputLocation);
  try {
    await store.put(bucket, prefix, Buffer.concat(parts), { contentType: isCsv ? 'text/csv' : 'text/plain' });
  } catch (error) {
    throw new SqlError('', `Unable to verify/create output bucket ${bucket}: ${(error as Error).message}`);
  }
};
