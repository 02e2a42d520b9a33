import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { safePointer } from '../../core/privacy/pointer.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { schemas } from '../../schemas/index.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { firehosePort, patienceFor } from '../shared/firehose/client.ts';
import { dynamoKeyStore } from '../shared/subject-keys/key-store.ts';
import { subjectKeys } from '../shared/subject-keys/subject-keys.ts';
import type { RelayPorts } from './ports.ts';
import { createRelay, type Outcome } from './relay.ts';

const environment = parseEnvironment(
  z.object({ TAILRACE_STAGE: z.string().regex(STAGE), LAKE_BUCKET: z.string().min(3) }),
);
const logger = new Logger({ serviceName: 'relay' });
const metrics = new Metrics({
  namespace: 'Tailrace',
  serviceName: 'relay',
  defaultDimensions: { stage: environment.TAILRACE_STAGE },
});
const s3 = new S3Client({});

const quarantine: RelayPorts['quarantine'] = async ({ key, body }) => {
  await s3.send(
    new PutObjectCommand({
      Bucket: environment.LAKE_BUCKET,
      Key: key,
      Body: body,
      ContentType: 'application/json',
    }),
  );
};

const keyStore = dynamoKeyStore(new DynamoDBClient({}), namesOf(environment.TAILRACE_STAGE).subjectKeys);

const relay = createRelay(environment.TAILRACE_STAGE, entitiesOf(schemas), {
  putBatch: firehosePort(),
  readKeys: subjectKeys(keyStore),
  quarantine,
});

const measure = (outcome: Outcome): void => {
  metrics.addMetric('RowsRelayed', MetricUnit.Count, outcome.relayed);
  metrics.addMetric('RowsQuarantined', MetricUnit.Count, outcome.quarantined.length);
  metrics.addMetric('RowsFailed', MetricUnit.Count, outcome.failed);
  metrics.addMetric('PayloadBytes', MetricUnit.Bytes, outcome.payloadBytes);
  metrics.addMetric('BilledBytes', MetricUnit.Bytes, outcome.billedBytes);
  metrics.publishStoredMetrics();
};

/** Says what went wrong without saying any value: records may hold personal data. */
const report = (outcome: Outcome): void => {
  for (const { entity, record, reason } of outcome.quarantined)
    logger.warn('Quarantined a record that does not fit its schema', {
      entity: entity.name,
      eventId: record.eventID,
      fields: reason.map((issue) => safePointer(entity, issue)),
    });
  for (const error of outcome.errors) logger.error('Could not relay', error as Error);
  if (outcome.failed > 0)
    logger.warn('Records will be delivered again', {
      failed: outcome.failed,
      from: outcome.batchItemFailures[0]?.itemIdentifier,
    });
};

/** Takes the changes of every table to its delivery stream. One event source mapping a table calls it. */
export const handler = async (
  event: DynamoDBStreamEvent,
  context: Context,
): Promise<DynamoDBBatchResponse> => {
  const outcome = await relay(event.Records, {
    patience: patienceFor(() => context.getRemainingTimeInMillis()),
    functionVersion: context.functionVersion,
    now: new Date(),
  });
  measure(outcome);
  report(outcome);
  return { batchItemFailures: [...outcome.batchItemFailures] };
};
