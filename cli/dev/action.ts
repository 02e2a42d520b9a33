import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { CloudOptions, RunningCloud } from '../../local/cloud.ts';
import type { FaultPlan } from '../../local/faults/plan.ts';
import { removeCloudFile, writeCloudFile } from '../cloud-file.ts';
import { EXIT, UserError } from '../errors.ts';
import { counted, print, say, seconds } from '../terminal.ts';
import { readFaultPlan } from './faults.ts';
import { takeDataFolder } from './data-folder.ts';
import { showLog } from './log.ts';
import { checkAssembly, synthesize } from './synth.ts';

/** Options of `tailrace dev`. */
export interface DevOptions {
  readonly port: number;
  readonly awsPort: number;
  readonly data: string;
  readonly bufferSeconds: number;
  readonly fresh?: boolean;
  readonly schedules: boolean;
  readonly assembly?: string;
  /** File of a fault plan. */
  readonly faults?: string;
  readonly stage: string;
  readonly json?: boolean;
}

/** Says what is being done, and how long it took. */
const step = async <T>(title: string, work: Promise<T>): Promise<T> => {
  const start = performance.now();
  const result = await work;
  say(`  ${title.padEnd(34)} ${seconds(performance.now() - start)}`);
  return result;
};

const checkPort = async (flag: string, port: number): Promise<void> => {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new UserError(
        `The port ${port} is in use.`,
        `Stop what uses it, or choose another with ${flag}.`,
      );
    throw new UserError(`The port ${port} cannot be used (${message}).`, `Choose another with ${flag}.`);
  }
  server.close();
  await once(server, 'close');
};

const cloudOptions = (options: DevOptions, faults: FaultPlan | undefined): CloudOptions => ({
  dataDir: options.data,
  apiPort: options.port,
  awsPort: options.awsPort,
  bufferSeconds: options.bufferSeconds,
  schedules: options.schedules,
  faults,
  dynamoDbEndpoint: process.env.TAILRACE_DYNAMODB_ENDPOINT,
  log: showLog,
});

/** Where the stacks lie, synthesized now or before. */
const assemble = async ({ assembly, data, stage }: DevOptions): Promise<string> => {
  if (assembly !== undefined) return checkAssembly(assembly, stage);
  const outDir = join(data, 'assembly');
  await step('stacks synthesized', synthesize({ outDir, stage }));
  return outDir;
};

const launch = async (options: DevOptions, settings: CloudOptions): Promise<RunningCloud> => {
  const synthesis = assemble(options);
  const loaded = import('../../local/cloud.ts');
  const foundation = loaded.then(({ startFoundation }) => startFoundation(settings));
  const [started, synthesized] = await Promise.allSettled([foundation, synthesis]);
  const { startCloud } = await loaded;
  if (started.status === 'rejected') throw started.reason as Error;
  if (synthesized.status === 'fulfilled')
    return step('local cloud running', startCloud(settings, started.value, synthesized.value));
  await started.value.close();
  throw synthesized.reason as Error;
};

const addresses = ({ api, aws }: RunningCloud, options: DevOptions) => ({
  api,
  docs: `${api}/openapi.json`,
  aws,
  data: options.data,
  stage: options.stage,
});

const showBlock = (cloud: RunningCloud, options: DevOptions, startedAt: number): void => {
  const lines = {
    API: cloud.api,
    OpenAPI: `${cloud.api}/openapi.json`,
    'AWS endpoint': `${cloud.aws}   (any SDK: AWS_ENDPOINT_URL)`,
    Data: options.data,
    Token: 'npx tailrace token --group staff',
    SQL: 'npx tailrace query "SELECT * FROM orders"',
  };
  print(`\nTailrace is ready after ${seconds(performance.now() - startedAt)}. Ctrl-C stops it.\n`);
  for (const [name, value] of Object.entries(lines)) print(`  ${name.padEnd(14)}${value}`);
  print('');
};

const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });

const stop = async (cloud: RunningCloud): Promise<void> => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(EXIT.interrupted));
  say(
    '\nStopping: delivering what is still buffered. Ctrl-C again stops at once; nothing is lost either way.',
  );
  const { rows } = await cloud.flush();
  await cloud.close();
  say(`Stopped. ${counted(rows, 'row')} delivered on the way out.`);
};

/** Runs the local cloud until it is stopped. */
export const dev = async (options: DevOptions): Promise<void> => {
  const startedAt = performance.now();
  // Lambda runs in UTC; a worker thread has the time zone of its process.
  process.env.TZ = 'UTC';
  const faults = options.faults === undefined ? undefined : readFaultPlan(options.faults);
  await checkPort('--port', options.port);
  await checkPort('--aws-port', options.awsPort);
  const folder = takeDataFolder(options.data, options.fresh ?? false);
  try {
    say('Starting Tailrace');
    const cloud = await launch(options, cloudOptions(options, faults));
    writeCloudFile(options.data, {
      pid: process.pid,
      api: cloud.api,
      aws: cloud.aws,
      stage: options.stage,
      region: 'us-east-1',
    });
    if (options.json) print(JSON.stringify(addresses(cloud, options)));
    else showBlock(cloud, options, startedAt);
    await untilStopped();
    await stop(cloud);
  } finally {
    removeCloudFile(options.data);
    folder.release();
  }
};
