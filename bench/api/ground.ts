import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { namesOf } from '../../core/deployment.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { schemas } from '../../schemas/index.ts';
import { createGuardsInput } from '../../test/functions/tables.ts';
import { AWS_ENVIRONMENT, createTable, entityNamed, startBenchEngine, type BenchEngine } from '../engine.ts';
import { supervise, temporaryFolder } from '../workspace.ts';
import { buildApi, buildLikeApi, buildPeer, type Peer } from './builds.ts';
import type { World } from './lives/life.ts';

const names = namesOf('bench');

/** The api function and its peers as they would be deployed, and the tables they need in one DynamoDB engine. */
export interface Ground extends AsyncDisposable {
  readonly tables: World['tables'];
  /** Path of the bundle of the api function. */
  readonly api: string;
  peer(name: Peer): Promise<string>;
  /** A peer built as the api function is. */
  peerLikeApi(name: Peer): Promise<string>;
  /** Runs a file beside this one in a process of its own, as in the function: what it answers to the job. */
  run<T>(file: string, job: object): Promise<T>;
}

const tablesOf = (): World['tables'] => ({
  customer: names.table(entityNamed('customer')),
  product: names.table(entityNamed('product')),
  order: names.table(entityNamed('order')),
  guards: names.guards,
});

const createTables = async (engine: BenchEngine): Promise<void> => {
  for (const entity of entitiesOf(schemas)) await createTable(engine, entity, names.table(entity));
  await engine.client.send(new CreateTableCommand(createGuardsInput(names.guards)));
  await engine.client.send(
    new CreateTableCommand({
      TableName: names.keys,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
};

/** Only what Lambda would set, and nothing of this machine's. */
const environmentOf = (endpoint: string, tables: World['tables']): Record<string, string> => ({
  ...AWS_ENVIRONMENT,
  AWS_ENDPOINT_URL: endpoint,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: names.function('api'),
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_FORMAT: 'JSON',
  POWERTOOLS_SERVICE_NAME: 'api',
  POWERTOOLS_METRICS_NAMESPACE: 'Tailrace',
  TAILRACE_STAGE: 'bench',
  CUSTOMER_TABLE: tables.customer,
  GUARDS_TABLE: tables.guards,
});

/** Its standard output, where functions log, goes nowhere: writing it is part of the call, reading it is not. */
const answerOf = async <T>(
  bundle: string,
  job: object,
  env: Readonly<Record<string, string>>,
): Promise<T> => {
  const child = supervise(
    fork(bundle, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true }),
  );
  child.send(job);
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`The process of ${basename(bundle)} ended with ${code}.`)),
  );
  const [answer] = (await Promise.race([once(child, 'message'), ended])) as [T];
  await ended.catch(() => {});
  return answer;
};

/** Builds the api function and starts the engine; disposed of, both are gone. */
export const startGround = async (): Promise<Ground> => {
  const folder = temporaryFolder();
  const engine = await startBenchEngine();
  await createTables(engine);
  const tables = tablesOf();
  const environment = environmentOf(engine.endpoint, tables);
  const processes = new Map<string, Promise<string>>();
  const processOf = (file: string): Promise<string> => {
    const built = processes.get(file) ?? buildLikeApi(folder.path, file);
    processes.set(file, built);
    return built;
  };
  return {
    tables,
    api: await buildApi(folder.path),
    peer: (name) => buildPeer(folder.path, name),
    peerLikeApi: (name) => buildLikeApi(folder.path, `peers/${name}.ts`),
    run: async (file, job) => answerOf(await processOf(file), job, environment),
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
};
