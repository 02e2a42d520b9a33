import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { AthenaClient } from '@aws-sdk/client-athena';
import { inject } from 'vitest';
import { connect, control, requireLocal } from '../../cli/connection.ts';
import { ask } from '../../cli/query/athena.ts';
import { formats } from '../../cli/query/format.ts';
import { namesOf } from '../../core/deployment.ts';
import { apiClient, holdTo, servedContract, type ApiClient } from './client.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'cli', 'tailrace.js');

/** How a command ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A local cloud in a process of its own, on free ports, over a folder of its own. */
export interface Tailrace {
  readonly api: string;
  readonly aws: string;
  readonly dataDir: string;
  readonly pid: number;
  /** What it wrote to standard error so far. */
  log(): string;
  cli(...parameters: string[]): Promise<Ended>;
  token(group?: string, sub?: string): Promise<string>;
  /** Calls the API by its contract, as staff. */
  readonly client: ApiClient;
  /** Calls the API by its contract, with a token. */
  as(token: string): ApiClient;
  /** Sends whatever a client could, as staff or with a token. The answer is held to the contract too. */
  call(method: string, path: string, body?: unknown, token?: string): Promise<Response>;
  /** Rows of a question, each as an object. */
  sql(question: string): Promise<Record<string, unknown>[]>;
  /** The answer as `tailrace query` prints it. */
  table(question: string): Promise<string>;
  flush(): Promise<void>;
  /** Ends the process at once, as a power cut would; the data stays. */
  kill(): Promise<void>;
  /** Ends the process as Ctrl-C does; the data stays. */
  stop(): Promise<number | null>;
}

export interface TailraceOptions {
  readonly dataDir?: string;
  /** How long Firehose buffers; short, so that a row is soon there. */
  readonly bufferSeconds?: number;
  /** Synthesizes the stacks as `npm start` does, and as an environment of its own needs; else those of the run serve. */
  readonly synthesizes?: boolean;
  /** Folder of other stacks than those of the run. */
  readonly assembly?: string;
  /** Whether there are marts, which every refresh takes long to make. */
  readonly marts?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a tailrace command to its end. */
export const runCli = async (
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> => {
  const child = spawn(process.execPath, [CLI, ...parameters], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as number | null, stdout, stderr };
};

/** An empty folder for a local cloud; give it back with `removeFolder`. */
export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'tailrace-e2e-'));

/** Removes a folder made with `makeFolder`. */
export const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

interface Addresses {
  readonly api: string;
  readonly aws: string;
}

const readAddresses = async (child: ChildProcess, log: () => string): Promise<Addresses> => {
  const lines = createInterface({ input: child.stdout! });
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`tailrace dev ended with ${code}:\n${log()}`)),
  );
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  return JSON.parse(line) as Addresses;
};

/** What `tailrace query`, `flush` and `token` do, without a process for each. */
const openCommands = async (
  dataDir: string,
): Promise<Pick<Tailrace, 'sql' | 'table' | 'flush' | 'token'>> => {
  const [local, { client }] = [await requireLocal(dataDir), await connect(dataDir)];
  const athena = new AthenaClient(client);
  const { database, workgroup } = namesOf('dev');
  const { signal } = new AbortController();
  const answerTo = (sql: string) => ask(athena, { sql, database, workgroup, onState: () => {}, signal });
  return {
    sql: async (sql) => JSON.parse(formats.json!(await answerTo(sql))) as Record<string, unknown>[],
    table: async (sql) => formats.table!(await answerTo(sql)),
    flush: async () => void (await control(local, 'flush', {})),
    token: async (group = 'staff', sub = 'tester') => {
      const { token } = (await control(local, 'token', { sub, groups: [group] })) as { token: string };
      return token;
    },
  };
};

const assemblyOf = (marts: boolean): string => {
  const { whole, martless } = inject('assemblies')!;
  return marts ? whole : martless;
};

/** Starts `tailrace dev` and waits until it is ready. */
export const startTailrace = async ({
  dataDir = makeFolder(),
  bufferSeconds = 0.2,
  environment: variables = {},
  synthesizes = Object.keys(variables).length > 0,
  marts = true,
  assembly = synthesizes ? undefined : assemblyOf(marts),
}: TailraceOptions = {}): Promise<Tailrace> => {
  const environment = { ...variables, ...(!marts && { TAILRACE_QUERIES: inject('assemblies')!.noQueries }) };
  const parameters = [
    'dev',
    '--port',
    '0',
    '--aws-port',
    '0',
    '--buffer-seconds',
    String(bufferSeconds),
    '--data',
    dataDir,
    '--no-schedules',
    '--json',
    ...(assembly === undefined ? [] : ['--assembly', assembly]),
  ];
  const child = spawn(process.execPath, [CLI, ...parameters], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let logged = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    logged += chunk;
  });
  const { api, aws } = await readAddresses(child, () => logged);
  const cli = (...words: string[]) => runCli([...words, '--data', dataDir], environment);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    const [code] = await once(child, 'exit');
    return code as number | null;
  };
  const { token, sql, table, flush } = await openCommands(dataDir);
  let staff: Promise<string> | undefined;
  const staffToken = () => (staff ??= token());
  const contract = servedContract(api);
  return {
    api,
    aws,
    dataDir,
    pid: child.pid!,
    log: () => logged,
    cli,
    token,
    client: apiClient(api, staffToken, contract),
    as: (given) => apiClient(api, async () => given, contract),
    call: async (method, path, body, given) => {
      const headers = {
        authorization: `Bearer ${given ?? (await staffToken())}`,
        'content-type': 'application/json',
      };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${api}${path}`, { method, headers, ...sent });
      await holdTo(await contract(), { method, url: `${api}${path}` }, response);
      return response;
    },
    sql,
    table,
    flush,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGINT'),
  };
};
