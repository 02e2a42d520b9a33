import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { HistoryEvent } from './interpreter/history.ts';

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

export const executionStatus = z.enum(STATUSES);

const row = z.object({
  arn: z.string(),
  machineArn: z.string(),
  name: z.string(),
  status: executionStatus,
  input: z.string(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
  started: z.number(),
  stopped: z.number().nullable(),
});

/** One execution. Input and output are JSON texts, times milliseconds since 1970. */
export type Execution = z.infer<typeof row>;

/** A part of a list, and how many come before it. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** Every execution of this data folder with its history. What is saved survives the end of the process. */
export interface Executions {
  find(arn: string): Execution | undefined;
  insert(execution: Execution): void;
  /** Saves how an execution ended. */
  end(ending: Pick<Execution, 'arn' | 'status' | 'output' | 'error' | 'cause' | 'stopped'>): void;
  /** Newest first. */
  list(machineArn: string, status: string | undefined, page: Page): readonly Execution[];
  append(arn: string, event: HistoryEvent): void;
  history(arn: string, order: 'ASC' | 'DESC', page: Page): readonly HistoryEvent[];
  /** How many events an execution has. */
  events(arn: string): number;
  running(): readonly Execution[];
  close(): void;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS executions (
    arn TEXT PRIMARY KEY, machineArn TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, input TEXT NOT NULL,
    output TEXT, error TEXT, cause TEXT, started REAL NOT NULL, stopped REAL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS executions_by_machine ON executions (machineArn, started);
  CREATE INDEX IF NOT EXISTS executions_by_status ON executions (status);
  CREATE TABLE IF NOT EXISTS events (
    arn TEXT NOT NULL, id INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (arn, id)
  ) STRICT, WITHOUT ROWID;
`;

const executionQueries = (database: DatabaseSync) => {
  const find = database.prepare('SELECT * FROM executions WHERE arn = ?');
  const insert = database.prepare(
    'INSERT INTO executions VALUES (:arn, :machineArn, :name, :status, :input, :output, :error, :cause, :started, :stopped)',
  );
  const end = database.prepare(
    'UPDATE executions SET status = :status, output = :output, error = :error, cause = :cause, stopped = :stopped WHERE arn = :arn',
  );
  const list = database.prepare(
    'SELECT * FROM executions WHERE machineArn = ?1 AND (?2 IS NULL OR status = ?2) ORDER BY started DESC, rowid DESC LIMIT ?3 OFFSET ?4',
  );
  const running = database.prepare("SELECT * FROM executions WHERE status = 'RUNNING' ORDER BY started");
  return {
    find: (arn: string) => row.optional().parse(find.get(arn)),
    insert: (execution: Execution) => void insert.run(execution),
    end: (ending: Parameters<Executions['end']>[0]) => void end.run(ending),
    list: (machineArn: string, status: string | undefined, { limit, offset }: Page) =>
      list.all(machineArn, status ?? null, limit, offset).map((one) => row.parse(one)),
    running: () => running.all().map((one) => row.parse(one)),
  };
};

const eventQueries = (database: DatabaseSync) => {
  const append = database.prepare('INSERT INTO events VALUES (?, ?, ?)');
  const count = database.prepare('SELECT count(*) AS count FROM events WHERE arn = ?');
  const read = (order: 'ASC' | 'DESC') =>
    database.prepare(`SELECT event FROM events WHERE arn = ? ORDER BY id ${order} LIMIT ? OFFSET ?`);
  const reads = { ASC: read('ASC'), DESC: read('DESC') };
  return {
    append: (arn: string, event: HistoryEvent) => void append.run(arn, event.id, JSON.stringify(event)),
    history: (arn: string, order: 'ASC' | 'DESC', { limit, offset }: Page) =>
      reads[order].all(arn, limit, offset).map(({ event }) => JSON.parse(String(event)) as HistoryEvent),
    events: (arn: string) => Number(count.get(arn)?.['count'] ?? 0),
  };
};

/** Opens `<dataDir>/states/executions.sqlite`. */
export const openExecutions = (dataDir: string): Executions => {
  const folder = join(dataDir, 'states');
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'executions.sqlite'));
  database.exec(SCHEMA);
  return {
    ...executionQueries(database),
    ...eventQueries(database),
    close: () => (database.isOpen ? database.close() : undefined),
  };
};
