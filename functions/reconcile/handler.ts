import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { z } from '../../core/schema/index.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { schemas } from '../../schemas/index.ts';
import { athenaRows } from '../shared/lake/athena-rows.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { bucketObjects } from '../shared/export/bucket.ts';
import { getItems } from '../shared/export/get-items.ts';
import { bucketDocuments } from '../shared/lake/documents.ts';
import { relayedRows } from '../shared/lake/relayed-rows.ts';
import { dynamoKeyStore } from '../shared/subject-keys/key-store.ts';
import { subjectKeys } from '../shared/subject-keys/subject-keys.ts';
import { reconcileEvent } from './events.ts';
import type { Lake, ReconcilePorts } from './step.ts';
import { reconcileStep } from './steps.ts';
import { withoutMaking } from './without-making.ts';

const environment = z.object({ TAILRACE_STAGE: z.string().regex(STAGE), LAKE_BUCKET: z.string().min(1) });
const { TAILRACE_STAGE, LAKE_BUCKET } = parseEnvironment(environment);
const names = namesOf(TAILRACE_STAGE);
const logger = new Logger({ serviceName: 'reconcile' });
const metrics = new Metrics({
  namespace: 'Tailrace',
  serviceName: 'reconcile',
  defaultDimensions: { stage: TAILRACE_STAGE },
});
const athena = new AthenaClient({});
const dynamodb = new DynamoDBClient({});
const s3 = new S3Client({});

const measure = (entity: string, differences: number): void => {
  const metric = metrics.singleMetric();
  metric.addDimension('entity', entity);
  metric.addMetric('ReconcileDifferences', MetricUnit.Count, differences);
};

const ports: ReconcilePorts = {
  objects: bucketObjects(s3, LAKE_BUCKET),
  documents: bucketDocuments(s3, LAKE_BUCKET),
  rows: (queryId) => athenaRows(athena, queryId),
  items: (entity, keys) => getItems(dynamodb, names.table(entity), keys),
  relayed: relayedRows(subjectKeys(withoutMaking(dynamoKeyStore(dynamodb, names.subjectKeys)))),
  measure,
  now: () => new Date(),
};

const lake: Lake = { entities: entitiesOf(schemas), database: names.database, bucket: LAKE_BUCKET };

/** One step of a comparison of table and lake, asked by the state machine. */
export const handler = async (event: unknown): Promise<object> => {
  const asked = reconcileEvent.parse(event);
  const answer = await reconcileStep(ports, lake, asked);
  logger.info(asked.step, { entity: 'entity' in asked ? asked.entity : undefined });
  return answer;
};
