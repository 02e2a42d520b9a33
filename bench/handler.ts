import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { namesOf } from '../core/deployment.ts';
import { bundleFunctions } from '../lib/bundle.ts';
import { AWS_ENVIRONMENT, createTable, entityNamed, startBenchEngine } from './engine.ts';
import type { CallsJob, CallsResult, Times } from './handler-calls.ts';
import { percentile } from './statistics.ts';
import { supervise, temporaryFolder } from './workspace.ts';

/** Milliseconds of one kind of call through the handler and through the bare SDK. */
export interface CallFigures {
  readonly handlerP50: number;
  readonly bareP50: number;
  readonly ratioP50: number;
  readonly handlerP99: number;
  readonly bareP99: number;
  readonly ratioP99: number;
}

export interface HandlerFigures {
  readonly calls: number;
  readonly get: CallFigures;
  readonly post: CallFigures;
}

const ROOT = resolve(import.meta.dirname, '..');
const STAGE = 'bench';
const WARM_UP = 1000;
const CALLS = 3000;

const figuresOf = ({ handler, bare }: Times): CallFigures => {
  const [handlerP50, bareP50] = [percentile(handler, 0.5), percentile(bare, 0.5)];
  const [handlerP99, bareP99] = [percentile(handler, 0.99), percentile(bare, 0.99)];
  const ratios = { ratioP50: handlerP50 / bareP50, ratioP99: handlerP99 / bareP99 };
  return { handlerP50, bareP50, handlerP99, bareP99, ...ratios };
};

/** Only what Lambda would set, and nothing of this machine's. */
const environmentOf = (endpoint: string): Record<string, string> => ({
  ...AWS_ENVIRONMENT,
  AWS_ENDPOINT_URL: endpoint,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: namesOf(STAGE).function('api'),
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_FORMAT: 'JSON',
  POWERTOOLS_SERVICE_NAME: 'api',
  POWERTOOLS_METRICS_NAMESPACE: 'Tailrace',
  TAILRACE_STAGE: STAGE,
});

/** Its standard output, where the function logs, goes nowhere: writing it is part of the call, reading it is not. */
const makeCalls = async (job: CallsJob, environment: Record<string, string>): Promise<CallsResult> => {
  const child = supervise(
    fork(join(import.meta.dirname, 'handler-calls.ts'), {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: true,
    }),
  );
  child.send(job);
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`The process that makes the calls ended with ${code}.`)),
  );
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [CallsResult];
  await ended.catch(() => {});
  return result;
};

/**
 * Times GET and POST of one record through the api function, bundled as it is deployed, against the same GetItem and
 * PutItem made with the bare SDK, turn about, in one process on one DynamoDB engine.
 *
 * @example
 * const { get } = await benchHandler();
 * get.ratioP50; // 1.2
 */
export const benchHandler = async (): Promise<HandlerFigures> => {
  using folder = temporaryFolder();
  await using engine = await startBenchEngine();
  const product = entityNamed('product');
  const table = namesOf(STAGE).table(product);
  await createTable(engine, product, table);
  const bundles = await bundleFunctions({ schemaFolder: join(ROOT, 'schemas'), outDir: folder.path });
  const job = { bundle: join(bundles('api'), 'index.cjs'), table, warmUp: WARM_UP, calls: CALLS };
  const { get, post } = await makeCalls(job, environmentOf(engine.endpoint));
  return { calls: CALLS, get: figuresOf(get), post: figuresOf(post) };
};
