import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { engineBinary } from './binary.ts';

/** A running DynamoDB engine. */
export interface Engine {
  /** Where DynamoDB and DynamoDB Streams answer, such as `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  /** Process id, unless the endpoint was given by the user. */
  readonly pid: number | undefined;
  close(): Promise<void>;
}

/**
 * The engine keeps its stream in a table without an index; with these, reads stay flat as it grows.
 */
const STREAM_INDEXES = `
  PRAGMA busy_timeout = 5000;
  CREATE INDEX IF NOT EXISTS tailrace_stream_by_number ON _stream_records(table_name, CAST(sequence_number AS INTEGER));
  CREATE INDEX IF NOT EXISTS tailrace_stream_by_shard ON _stream_records(table_name, shard_id, sequence_number);`;

/** Ends the engine when this process ends, however it ends: its standard input closes then. */
const SUPERVISE =
  'exec 3<&0; "$@" & child=$!; (cat <&3 >/dev/null; kill $child 2>/dev/null) & trap "" TERM INT; wait $child';

const START_DEADLINE_MS = 10_000;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const answers = async (endpoint: string): Promise<boolean> => {
  try {
    await (await fetch(endpoint, { signal: AbortSignal.timeout(1000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
};

const waitUntilReady = async (child: ChildProcess, endpoint: string): Promise<void> => {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await answers(endpoint))) {
    if (child.exitCode !== null)
      throw new Error(`The DynamoDB engine ended at once, with code ${child.exitCode}.`);
    if (Date.now() > deadline)
      throw new Error(`The DynamoDB engine did not answer within ${START_DEADLINE_MS} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const addIndexes = (dbPath: string): void => {
  const database = new DatabaseSync(dbPath);
  try {
    database.exec(STREAM_INDEXES);
  } finally {
    database.close();
  }
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  await once(child, 'exit');
};

/**
 * Starts the DynamoDB engine on a free loopback port over one SQLite file, or takes the endpoint the user names.
 *
 * @example
 * const engine = await startEngine({ dbPath: '.tailrace/dynamodb/tables.sqlite' });
 */
export const startEngine = async ({
  dbPath,
  endpoint,
}: {
  dbPath: string;
  endpoint?: string | undefined;
}): Promise<Engine> => {
  if (endpoint) return { endpoint, pid: undefined, close: async () => {} };
  mkdirSync(dirname(dbPath), { recursive: true });
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const command = [
    engineBinary(),
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--db-path',
    dbPath,
  ];
  const child = spawn('sh', ['-c', SUPERVISE, 'dynoxide', ...command], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  await waitUntilReady(child, address);
  addIndexes(dbPath);
  return { endpoint: address, pid: child.pid, close: () => stop(child) };
};
