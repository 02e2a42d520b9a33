import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import { startAthena } from '../../../local/athena/service.ts';
import { startGateway } from '../../../local/gateway/gateway.ts';
import { openCatalog } from '../../../local/glue/catalog.ts';
import { openPrincipals } from '../../../local/iam/principals.ts';
import { startLambda } from '../../../local/lambda/functions.ts';
import { lambdaService } from '../../../local/lambda/service.ts';
import { openObjectStore } from '../../../local/s3/store.ts';
import { startS3 } from '../../../local/s3/service.ts';
import type { Resource, Service } from '../../../local/service.ts';
import { startStates } from '../../../local/states/service.ts';
import {
  ACCOUNT,
  addFunction,
  credentialsFor,
  eventually,
  REGION,
  removeFolder,
  resource,
  temporaryFolder,
  testCloud,
  type TestCloud,
} from '../lambda/cloud.ts';

export const machineArn = (name: string): string =>
  `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;

export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** A role that may do some actions on everything. */
export const role = (name: string, ...actions: string[]): Resource =>
  resource(
    'AWS::IAM::Role',
    name,
    { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } }] },
    { attributes: { Arn: roleArn(name) } },
  );

/** A state machine of states that begin at the first of them. */
export const machine = (name: string, roleName: string, states: object, more: object = {}): Resource =>
  resource(
    'AWS::StepFunctions::StateMachine',
    machineArn(name),
    {
      RoleArn: roleArn(roleName),
      DefinitionString: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: Object.keys(states)[0],
        States: states,
        ...more,
      }),
    },
    { attributes: { Arn: machineArn(name), Name: name } },
  );

export const workGroup = resource('AWS::Athena::WorkGroup', 'analysts', {
  Name: 'analysts',
  WorkGroupConfiguration: { ResultConfiguration: { OutputLocation: 's3://lake/results/' } },
});

export interface StatesCloud {
  readonly cloud: TestCloud;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
  readonly endpoint: string;
  readonly credentialsOf: ReturnType<typeof openPrincipals>['credentialsOf'];
  /** Starts an execution and gives its ARN. */
  start(name: string, input?: object, executionName?: string): Promise<string>;
  /** Starts an execution and waits for its end. */
  run(name: string, input?: object): Promise<DescribeExecutionCommandOutput>;
  ended(executionArn: string): Promise<DescribeExecutionCommandOutput>;
  history(executionArn: string): Promise<HistoryEvent[]>;
  /** Stops everything but keeps the data. */
  stop(): Promise<void>;
  /** Stops everything and deletes the data. */
  destroy(): Promise<void>;
}

export interface Parts {
  readonly resources: readonly Resource[];
  /** Source of functions by name. */
  readonly functions?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Further services, made once the cloud is there. */
  readonly services?: (cloud: TestCloud, principals: ReturnType<typeof openPrincipals>) => readonly Service[];
}

const conveniences = (sfn: SFNClient) => {
  const start = async (name: string, input: object = {}, executionName?: string) => {
    const request = { stateMachineArn: machineArn(name), input: JSON.stringify(input) };
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({ ...request, ...(executionName && { name: executionName }) }),
    );
    return executionArn;
  };
  const ended = async (executionArn: string) =>
    await eventually(`the end of ${executionArn}`, async () => {
      const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return execution.status === 'RUNNING' ? undefined : execution;
    });
  return {
    start,
    ended,
    run: async (name: string, input?: object) => await ended(await start(name, input)),
    history: async (executionArn: string) => {
      const { events = [] } = await sfn.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
      );
      return events;
    },
  };
};

/** A cloud of Lambda, S3, Athena and Step Functions behind the real endpoint. One that does not start leaves nothing. */
export const openCloud = async (parts: Parts): Promise<StatesCloud> => {
  const folder = parts.folder ?? temporaryFolder();
  try {
    return await openIn(folder, parts);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
};

const openIn = async (folder: string, parts: Parts): Promise<StatesCloud> => {
  const gateway = await startGateway({ port: 0, log: () => {} });
  const cloud = testCloud(folder, gateway.address);
  cloud.add(...parts.resources);
  for (const [name, source] of Object.entries(parts.functions ?? {})) await addFunction(cloud, name, source);
  const principals = openPrincipals(parts.resources, ACCOUNT);
  const store = openObjectStore(cloud);
  store.createBucket('lake');
  const catalog = openCatalog(cloud);
  const functions = startLambda(cloud, { credentialsFor });
  const services = [
    startS3(cloud, store),
    startAthena(cloud, { catalog, store }),
    lambdaService(functions),
    startStates(cloud, principals),
    ...(parts.services?.(cloud, principals) ?? []),
  ];
  gateway.open(services, principals);
  const client = {
    endpoint: gateway.address,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const sfn = new SFNClient(client);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const running = new AsyncDisposableStack();
  running.defer(async () => {
    sfn.destroy();
    s3.destroy();
    for (const service of services.toReversed()) await service.close();
    await functions.close();
    catalog.close();
    store.close();
    await gateway.close();
  });
  const stop = async () => await running.disposeAsync();
  return {
    cloud,
    sfn,
    s3,
    endpoint: gateway.address,
    credentialsOf: (arn) => principals.credentialsOf(arn),
    ...conveniences(sfn),
    stop,
    destroy: async () => {
      await stop();
      removeFolder(folder);
    },
  };
};
