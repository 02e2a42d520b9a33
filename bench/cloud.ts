import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { AthenaClient } from '@aws-sdk/client-athena';
import { readCloudFile, type CloudFile } from '../cli/cloud-file.ts';
import { control } from '../cli/connection.ts';
import { ask } from '../cli/query/athena.ts';
import { namesOf } from '../core/deployment.ts';
import { supervise, temporaryFolder } from './workspace.ts';

/** A local cloud in a process of its own, as `tailrace dev` starts it, over an empty folder. */
export interface BenchCloud extends AsyncDisposable {
  readonly api: string;
  readonly aws: string;
  readonly pid: number;
  /** Milliseconds from starting the process to its line of addresses. */
  readonly readyMs: number;
  /** Runs a tailrace command to its end. Throws with what it said when it fails. */
  cli(...parameters: readonly string[]): Promise<void>;
  token(): Promise<string>;
  /** Rows of a question, each cell as text. */
  sql(question: string): Promise<readonly (readonly (string | null)[])[]>;
  flush(): Promise<void>;
}

export interface BenchCloudOptions {
  /** Address of the DynamoDB engine to use, instead of one of its own. */
  readonly dynamoDbEndpoint?: string;
  /** Whether schedules start what they should, as they do by default. */
  readonly schedules?: boolean;
  /** Stacks that are synthesized already. */
  readonly assembly?: string;
  /** The processor it is kept on. */
  readonly cpu?: number;
  /** Whether refreshes make the marts too, as they do by default. */
  readonly marts?: boolean;
}

const ROOT = resolve(import.meta.dirname, '..');
const CLI = join(ROOT, 'cli', 'tailrace.js');

/** The stage, and so the names, of every cloud started here. */
export const BENCH_STAGE = 'bench';

const run = (parameters: readonly string[], environment: Readonly<Record<string, string>>, cpu?: number) => {
  const words = [CLI, ...parameters, '--stage', BENCH_STAGE];
  const pinned = ['-c', String(cpu), process.execPath, ...words];
  const [program, given] = cpu === undefined ? [process.execPath, words] : ['taskset', pinned];
  return supervise(
    spawn(program, given, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  );
};

const runToEnd = async (parameters: readonly string[]): Promise<void> => {
  const child = run(parameters, {});
  child.stdout.resume();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`tailrace ${parameters.join(' ')} ended with ${code}: ${said}`);
};

const untilReady = async (child: ReturnType<typeof run>): Promise<void> => {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`tailrace dev ended with ${code}: ${said}`)),
  );
  await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  await once(child, 'exit');
};

/** Athena at the endpoint of a local cloud. */
export const athenaOf = ({ aws, region }: Pick<CloudFile, 'aws' | 'region'>): AthenaClient =>
  new AthenaClient({
    endpoint: aws,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

/** A question to the lake of a cloud started here. */
export const question = (sql: string) => ({
  sql,
  database: namesOf(BENCH_STAGE).database,
  workgroup: namesOf(BENCH_STAGE).workgroup,
  onState: () => {},
  signal: new AbortController().signal,
});

const addressesOf = (dataDir: string): CloudFile => {
  const file = readCloudFile(dataDir);
  if (file) return file;
  throw new Error(`tailrace dev said it was ready but left no addresses in ${dataDir}.`);
};

/**
 * Starts `tailrace dev` with the buffering it has by default and waits until it is ready; disposed of, it is stopped
 * and its data deleted.
 *
 * @example
 * await using cloud = await startBenchCloud();
 */
export const startBenchCloud = async ({
  dynamoDbEndpoint,
  schedules = true,
  marts = true,
  assembly,
  cpu,
}: BenchCloudOptions = {}): Promise<BenchCloud> => {
  const [folder, noQueries] = [temporaryFolder(), temporaryFolder()];
  const environment: Record<string, string> = {
    ...(dynamoDbEndpoint ? { TAILRACE_DYNAMODB_ENDPOINT: dynamoDbEndpoint } : {}),
    ...(marts ? {} : { TAILRACE_QUERIES: noQueries.path }),
  };
  const data = ['--data', folder.path];
  const options = [
    ...(schedules ? [] : ['--no-schedules']),
    ...(assembly === undefined ? [] : ['--assembly', assembly]),
    ...data,
  ];
  const begin = performance.now();
  const child = run(['dev', '--port', '0', '--aws-port', '0', '--json', ...options], environment, cpu);
  await untilReady(child);
  const readyMs = performance.now() - begin;
  const file = addressesOf(folder.path);
  const athena = athenaOf(file);
  return {
    api: file.api,
    aws: file.aws,
    pid: file.pid,
    readyMs,
    cli: (...parameters) => runToEnd([...parameters, ...data]),
    token: async () => {
      const answer = await control(file, 'token', { sub: 'bench', groups: ['staff'] });
      return (answer as { token: string }).token;
    },
    sql: async (sql) => (await ask(athena, question(sql))).rows,
    flush: async () => void (await control(file, 'flush', {})),
    [Symbol.asyncDispose]: async () => {
      athena.destroy();
      await stop(child);
      folder[Symbol.dispose]();
      noQueries[Symbol.dispose]();
    },
  };
};
