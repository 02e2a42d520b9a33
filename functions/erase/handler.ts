import { Logger } from '@aws-lambda-powertools/logger';
import { AthenaClient } from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { relationsOf } from '../../core/queries/relation.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { queries } from '../../queries/index.ts';
import { schemas } from '../../schemas/index.ts';
import { modelOf } from '../api/model.ts';
import { rules } from '../api/rules/index.ts';
import type { Service } from '../api/service.ts';
import { dynamoStore } from '../api/store.ts';
import { athenaRows } from '../shared/lake/athena-rows.ts';
import { dynamoClient } from '../shared/dynamodb.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { bucketDocuments } from '../shared/lake/documents.ts';
import { eraseEvent } from './events.ts';
import { erasureKeys } from './keys.ts';
import type { Deployment, ErasePorts } from './ports.ts';
import { quarantineObjects } from './quarantine.ts';
import { eraseStep } from './steps.ts';

const { TAILRACE_STAGE, LAKE_BUCKET, REFRESH_ARN } = parseEnvironment(
  z.object({
    TAILRACE_STAGE: z.string().regex(STAGE),
    LAKE_BUCKET: z.string().min(3),
    REFRESH_ARN: z.string().min(1),
  }),
);
const names = namesOf(TAILRACE_STAGE);
const logger = new Logger({ serviceName: 'erase' });
const [client, s3, athena, executions] = [
  dynamoClient(),
  new S3Client({}),
  new AthenaClient({}),
  new SFNClient({}),
];
const store = dynamoStore(client);

const service: Service = {
  store,
  unbound: store,
  models: new Map(entitiesOf(schemas).map((entity) => [entity.name, modelOf(entity, names)])),
  guards: names.guards,
  insights: { table: names.insights, published: [] },
  rules,
  cursorKey: () => Promise.reject(new Error('An erasure gives nobody a cursor.')),
  now: () => new Date(),
  newId: () => crypto.randomUUID(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

const ports: Omit<ErasePorts, 'hasTime'> = {
  service,
  keys: erasureKeys(client, names.subjectKeys),
  documents: bucketDocuments(s3, LAKE_BUCKET),
  quarantine: quarantineObjects(s3, LAKE_BUCKET, 'quarantine/'),
  rows: (queryId) => athenaRows(athena, queryId),
  refresh: async () => {
    await executions.send(new StartExecutionCommand({ stateMachineArn: REFRESH_ARN }));
  },
};

const place = { database: names.database, bucket: LAKE_BUCKET };
const deployment: Deployment = {
  ...place,
  stage: TAILRACE_STAGE,
  schemas,
  queries,
  relations: relationsOf(schemas, place),
};

/** A page of records takes seconds. */
const NEEDED_MS = 60_000;

/** One step of an erasure, asked by the state machine. The log has the subject, which is a made identifier, and counts. */
export const handler = async (event: unknown, context: Context): Promise<object> => {
  const asked = eraseEvent.parse(event);
  const hasTime = () => context.getRemainingTimeInMillis() > NEEDED_MS;
  const answer = await eraseStep({ ...ports, hasTime }, deployment, asked);
  logger.info(asked.step, { subject: asked.subject, requestId: context.awsRequestId });
  return answer;
};
