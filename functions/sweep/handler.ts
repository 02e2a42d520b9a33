import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { schemas } from '../../schemas/index.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { dynamoKeyStore } from '../shared/subject-keys/key-store.ts';
import { subjectKeys } from '../shared/subject-keys/subject-keys.ts';
import { bucketPorts } from './bucket.ts';
import { createSweep, type Swept } from './sweep.ts';

const { TAILRACE_STAGE, LAKE_BUCKET } = parseEnvironment(
  z.object({ TAILRACE_STAGE: z.string().regex(STAGE), LAKE_BUCKET: z.string().min(3) }),
);
const logger = new Logger({ serviceName: 'sweep' });
const metrics = new Metrics({
  namespace: 'Tailrace',
  serviceName: 'sweep',
  defaultDimensions: { stage: TAILRACE_STAGE },
});

const keyStore = dynamoKeyStore(new DynamoDBClient({}), namesOf(TAILRACE_STAGE).subjectKeys);
const sweep = createSweep(TAILRACE_STAGE, entitiesOf(schemas), {
  ...bucketPorts(new S3Client({}), LAKE_BUCKET),
  readKeys: subjectKeys(keyStore),
});

/** An object may hold 6 MB of records, each of which is written by itself. */
const NEEDED_MS = 60_000;

const report = ({ errors, ...counts }: Swept): void => {
  metrics.addMetric('RecordsGivenUp', MetricUnit.Count, counts.records);
  metrics.publishStoredMetrics();
  logger.info('swept', { ...counts, failed: errors.length });
  for (const error of errors) logger.error('Could not take apart what was given up', error as Error);
};

/** Takes apart what event source mappings gave up and what Firehose could not convert, on a schedule and when asked. Throws Error when some of it is left. */
export const handler = async (_event: unknown, context: Context): Promise<Omit<Swept, 'errors'>> => {
  const swept = await sweep({
    now: () => new Date(),
    functionVersion: context.functionVersion,
    hasTime: () => context.getRemainingTimeInMillis() > NEEDED_MS,
  });
  report(swept);
  const { errors, ...counts } = swept;
  if (errors.length > 0)
    throw new Error(`${errors.length} objects of ${LAKE_BUCKET} could not be taken apart; the log says why.`);
  return counts;
};
