import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GlueClient } from '@aws-sdk/client-glue';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { z } from '../../core/schema/index.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { schemas } from '../../schemas/index.ts';
import type { RelayPorts } from '../relay/ports.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { executionPort } from '../shared/executions.ts';
import { bucketObjects } from '../shared/export/bucket.ts';
import { getItems } from '../shared/export/get-items.ts';
import { firehosePort, patienceFor } from '../shared/firehose/client.ts';
import { bucketDocuments } from '../shared/lake/documents.ts';
import { dynamoKeyStore } from '../shared/subject-keys/key-store.ts';
import { subjectKeys } from '../shared/subject-keys/subject-keys.ts';
import { backfillEvent } from './events.ts';
import { recoverTables } from './recover.ts';
import { relayPorts } from './relay.ts';
import type { BackfillPorts, Lake } from './step.ts';
import { backfillStep } from './steps.ts';

const environment = z.object({ TAILRACE_STAGE: z.string().regex(STAGE), LAKE_BUCKET: z.string().min(1) });
const { TAILRACE_STAGE, LAKE_BUCKET } = parseEnvironment(environment);
const names = namesOf(TAILRACE_STAGE);
const entities = entitiesOf(schemas);
const logger = new Logger({ serviceName: 'backfill' });
const [s3, glue, dynamodb, executions] = [
  new S3Client({}),
  new GlueClient({}),
  new DynamoDBClient({}),
  new SFNClient({}),
];
const documents = bucketDocuments(s3, LAKE_BUCKET);

const quarantine: RelayPorts['quarantine'] = async ({ key, body }) => {
  await s3.send(
    new PutObjectCommand({ Bucket: LAKE_BUCKET, Key: key, Body: body, ContentType: 'application/json' }),
  );
};

const relayTo: RelayPorts = {
  putBatch: firehosePort(),
  readKeys: subjectKeys(dynamoKeyStore(dynamodb, names.subjectKeys)),
  quarantine,
};

/** Time that is left of the invocation at work. */
let remaining = (): number => 0;

const ports: BackfillPorts = {
  documents,
  objects: bucketObjects(s3, LAKE_BUCKET),
  items: (entity, keys) => getItems(dynamodb, names.table(entity), keys),
  ...relayPorts(TAILRACE_STAGE, entities, relayTo, () => patienceFor(() => remaining())),
  recover: (entity, place) => recoverTables({ s3, glue, documents }, entity, place),
  isRunning: executionPort(executions),
  wait,
  remaining: () => remaining(),
  now: () => new Date(),
};

const lake: Lake = { entities, database: names.database, bucket: LAKE_BUCKET };

/** One step of a backfill or a repair, asked by a state machine. */
export const handler = async (event: unknown, context: Context): Promise<object> => {
  remaining = () => context.getRemainingTimeInMillis();
  const asked = backfillEvent.parse(event);
  const answer = await backfillStep(ports, lake, asked);
  logger.info(asked.step, { entity: 'entity' in asked ? asked.entity : asked.input.entity });
  return answer;
};
