import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startHttpApi } from './apigateway/http-api.ts';
import { deploy, type Deployment } from './assembly/deploy.ts';
import { readAssembly } from './assembly/read.ts';
import { startAthena } from './athena/service.ts';
import { startCognito } from './cognito/cognito.ts';
import { startControl, type Flushed } from './control/service.ts';
import { startEngine, type Engine } from './dynamodb/engine.ts';
import { startDynamoDb } from './dynamodb/service.ts';
import { createFaults, type Faults } from './faults/faults.ts';
import { functionsWithFaults } from './faults/functions.ts';
import type { FaultPlan } from './faults/plan.ts';
import { killProcess } from './faults/process.ts';
import { serviceWithFaults } from './faults/service.ts';
import { storeWithFaults } from './faults/store.ts';
import { startFirehose, type Firehose } from './firehose/service.ts';
import { startGateway, type Gateway } from './gateway/gateway.ts';
import { openCatalog } from './glue/catalog.ts';
import { startGlue } from './glue/service.ts';
import { openPrincipals, requirePermission, type Principals } from './iam/principals.ts';
import { startEventSourceMappings } from './lambda/event-source-mapping/mappings.ts';
import { startLambda, type Functions } from './lambda/functions.ts';
import { lambdaService } from './lambda/service.ts';
import { openObjectStore } from './s3/store.ts';
import { startS3 } from './s3/service.ts';
import { startScheduler } from './scheduler/service.ts';
import type { Cloud, Resource } from './service.ts';
import { startStates } from './states/service.ts';
import { startSts } from './sts/service.ts';

/** What the local cloud is told. Paths are absolute. */
export interface CloudOptions {
  readonly dataDir: string;
  readonly apiPort: number;
  readonly awsPort: number;
  /** Seconds until Firehose delivers, instead of each stream's own interval. */
  readonly bufferSeconds: number;
  /** Address of a DynamoDB the user runs, instead of the embedded one. */
  readonly dynamoDbEndpoint?: string | undefined;
  /** False: schedules start nothing, as if all were disabled. */
  readonly schedules?: boolean;
  /** What goes wrong once it runs. */
  readonly faults?: FaultPlan | undefined;
  readonly log: Cloud['log'];
}

/** The local cloud before its stacks are known: ports bound, engine running. */
export interface Foundation {
  readonly gateway: Gateway;
  readonly engine: Engine;
  close(): Promise<void>;
}

/** The local cloud, running the stacks. */
export interface RunningCloud {
  readonly api: string;
  readonly aws: string;
  readonly deployment: Deployment;
  /** Waits until every stream is drained and every buffer delivered. */
  flush(): Promise<Flushed>;
  close(): Promise<void>;
}

const REGION = 'us-east-1';
const ACCOUNT = '123456789012';

/** Environments a function may have at once: more than this and they only wait for the processor. */
const MAX_WORKERS = Math.max(4, availableParallelism() * 2);

const engineFile = (dataDir: string): string => join(dataDir, 'dynamodb', 'tables.sqlite');

/** Binds the endpoint and starts the DynamoDB engine: what needs no stacks, so it can start while they are synthesized. */
export const startFoundation = async ({
  dataDir,
  awsPort,
  dynamoDbEndpoint,
  log,
}: CloudOptions): Promise<Foundation> => {
  const gateway = await startGateway({ port: awsPort, log: (message) => log('error', 'gateway', message) });
  try {
    const engine = await startEngine({ dbPath: engineFile(dataDir), endpoint: dynamoDbEndpoint });
    const close = async () => {
      await gateway.close();
      await engine.close();
    };
    return { gateway, engine, close };
  } catch (error) {
    await gateway.close();
    throw error;
  }
};

const cloudOf = (
  options: CloudOptions,
  assemblyDir: string,
  endpoint: string,
  deployment: Deployment,
): Cloud => ({
  region: REGION,
  account: ACCOUNT,
  dataDir: options.dataDir,
  assemblyDir,
  endpoint,
  resources: (type) => deployment.resources.filter((resource) => resource.type === type),
  log: options.log,
});

const warnOfUnknown = (cloud: Cloud, { unknown }: Deployment): void => {
  for (const { stack, logicalId, type } of unknown)
    cloud.log(
      'warn',
      'assembly',
      `${type} is not part of the local cloud; ${logicalId} of ${stack} is left out.`,
    );
};

/** Runs what CloudFormation would run once the rest is deployed. Throws Error with what the function said. */
const runTriggers = async (cloud: Cloud, functions: Functions): Promise<void> => {
  for (const { logicalId, properties } of cloud.resources('Custom::Trigger')) {
    const { functionError, text } = await functions.invoke(
      String(properties.HandlerArn),
      {},
      { source: 'cloudformation' },
    );
    if (functionError) throw new Error(`The trigger ${logicalId} failed: ${text}`);
  }
};

const flushAll = async (drained: () => Promise<void>, firehose: Firehose): Promise<Flushed> => {
  await drained();
  const { streams } = await firehose.flush();
  const delivered = Object.values(streams);
  return {
    rows: delivered.reduce((total, { rows }) => total + rows, 0),
    objects: delivered.reduce((total, { objects }) => total + objects, 0),
    streams: Object.fromEntries(Object.entries(streams).map(([name, { rows }]) => [name, rows])),
  };
};

/** Opens every service; what was opened is put on `opened`, to be closed in the opposite order. */
const startServices = async (
  cloud: Cloud,
  options: CloudOptions,
  principals: Principals,
  endpoint: string,
  faults: Faults,
  opened: AsyncDisposableStack,
) => {
  const closing = <T extends { close(): Promise<void> | void }>(resource: T): T =>
    opened.adopt(resource, async (it) => it.close());
  const store = storeWithFaults(closing(openObjectStore(cloud)), faults);
  const catalog = closing(openCatalog(cloud));
  const credentialsFor = ({ properties }: Resource) => principals.credentialsOf(String(properties.Role));
  const lambda = closing(startLambda(cloud, { credentialsFor, maxWorkers: MAX_WORKERS }));
  const functions = functionsWithFaults(lambda, faults, killProcess);
  const cognito = closing(await startCognito(cloud));
  const dbPath = options.dynamoDbEndpoint === undefined ? engineFile(options.dataDir) : undefined;
  const dynamodb = closing(await startDynamoDb(cloud, endpoint, { store, dbPath }));
  const firehose = closing(startFirehose(cloud, { catalog, store, bufferSeconds: options.bufferSeconds }));
  const athena = closing(startAthena(cloud, { catalog, store }));
  const others = [
    startS3(cloud, store),
    startGlue(cloud, catalog),
    startSts(cloud),
    lambdaService(functions),
  ].map(closing);
  const states = closing(startStates(cloud, principals));
  const scheduler = closing(startScheduler(cloud, principals));
  const services = [dynamodb, firehose, athena, ...others, states, scheduler].map((service) =>
    serviceWithFaults(service, faults, killProcess),
  );
  return { store, functions, cognito, firehose, scheduler, services };
};

/** Runs the stacks on a foundation, which it closes with the rest. */
const run = async (
  options: CloudOptions,
  { gateway, engine }: Foundation,
  assemblyDir: string,
  opened: AsyncDisposableStack,
): Promise<RunningCloud> => {
  const deployment = deploy(readAssembly(assemblyDir), { region: REGION, account: ACCOUNT });
  const cloud = cloudOf(options, assemblyDir, gateway.address, deployment);
  warnOfUnknown(cloud, deployment);
  const principals = openPrincipals(deployment.resources, ACCOUNT);
  const faults = createFaults(options.log);
  const { store, functions, cognito, firehose, scheduler, services } = await startServices(
    cloud,
    options,
    principals,
    engine.endpoint,
    faults,
    opened,
  );
  gateway.open(services, principals);
  await runTriggers(cloud, functions);
  const authorize = ({ properties }: Resource, action: string, arn: string) =>
    requirePermission(principals.byRole(String(properties.Role)), action, arn);
  const mappings = startEventSourceMappings(cloud, {
    functions,
    store,
    streamsEndpoint: engine.endpoint,
    authorize,
  });
  opened.defer(() => mappings.close());
  const api = await startHttpApi(cloud, {
    functions,
    jwks: (issuer) => cognito.jwks(issuer),
    port: options.apiPort,
  });
  if (!api) throw new Error('The stacks have no HTTP API.');
  opened.defer(() => api.close());
  const flush = () => flushAll(() => mappings.drained(), firehose);
  const status = () => ({
    state: 'running',
    api: api.address,
    aws: gateway.address,
    outputs: deployment.outputs,
  });
  const control = startControl({
    status,
    flush,
    token: (claims) => cognito.token(claims),
    faults: () => faults.report(),
    setFaults: (plan) => faults.set(plan),
  });
  gateway.open([...services, control], principals);
  faults.set(options.faults);
  if (options.schedules !== false) scheduler.begin();
  return { api: api.address, aws: gateway.address, deployment, flush, close: () => opened.disposeAsync() };
};

/**
 * Runs a synthesized assembly on this machine. Everything acknowledged is in `dataDir` and outlives the process.
 * When it cannot start, it closes all it opened, the foundation too, and throws.
 *
 * @example
 * const foundation = await startFoundation(options);
 * const cloud = await startCloud(options, foundation, '.tailrace/assembly');
 */
export const startCloud = async (
  options: CloudOptions,
  foundation: Foundation,
  assemblyDir: string,
): Promise<RunningCloud> => {
  const opened = new AsyncDisposableStack();
  opened.defer(() => foundation.close());
  try {
    return await run(options, foundation, assemblyDir, opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
};
