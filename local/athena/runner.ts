import type { DuckDBConnection } from '@duckdb/node-api';
import type { Call } from '../service.ts';
import type { Engine } from './engine/duckdb.ts';
import { splitLocation, type ObjectStore } from './engine/files.ts';
import { isDone, type Execution, type Executions } from './executions.ts';
import { csvLine } from './results.ts';
import { sessionOf, type SessionParts } from './session.ts';
import { SqlError } from './sql/error.ts';
import type { Outcome, Statement } from './statements/statement.ts';

export interface Runner {
  /** Starts a query that was saved as QUEUED; it ends on its own. */
  start(execution: Execution, statement: () => Statement, call: Call, cutoff: number | undefined): void;
  /** Ends a query that has not ended; it is CANCELLED when this returns. */
  cancel(id: string): void;
  /** Resolves when nothing runs any more, having cancelled what did. */
  close(): Promise<void>;
}

export interface RunnerParts extends SessionParts {
  readonly engine: Engine;
  readonly executions: Executions;
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
      await keepOutcome(parts.store, executions.get(id) as Execution, outcome, update);
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

/** Keeps a statement's rows, or how many it wrote and the list of its files, as AWS does for those without rows. */
const keepOutcome = async (
  store: ObjectStore,
  execution: Execution,
  outcome: Outcome,
  update: (change: Partial<Execution>) => void,
) => {
  if (!outcome.written) return writeResult(store, execution, outcome);
  const { updated, addresses } = outcome.written;
  update({ updateCount: updated });
  if (addresses) update({ manifest: await writeManifest(store, execution, addresses) });
};

const writeManifest = async (
  store: ObjectStore,
  { outputLocation }: Execution,
  addresses: readonly string[],
): Promise<string> => {
  const manifest = `${outputLocation}-manifest.csv`;
  const { bucket, prefix } = splitLocation(manifest);
  const text = addresses.map((address) => `${address}\n`).join('');
  await putResult(store, bucket, prefix, Buffer.from(text), 'text/csv');
  return manifest;
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
