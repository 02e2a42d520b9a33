import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { SECRET_BYTES } from '../../core/privacy/subject-key.ts';
import { redriveRequestSchema, type Outcome, type Redriven } from '../../core/quarantine/redrive.ts';
import { schemas } from '../../schemas/index.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { firehosePort, patienceFor } from '../shared/firehose/client.ts';
import { dynamoKeyStore } from '../shared/subject-keys/key-store.ts';
import { subjectKeys } from '../shared/subject-keys/subject-keys.ts';
import { bucketPorts } from './bucket.ts';
import { logPort } from './log.ts';
import { createRedrive } from './redrive.ts';

const { TAILRACE_STAGE, LAKE_BUCKET } = parseEnvironment(
  z.object({ TAILRACE_STAGE: z.string().regex(STAGE), LAKE_BUCKET: z.string().min(3) }),
);
const logger = new Logger({ serviceName: 'redrive' });
const metrics = new Metrics({
  namespace: 'Tailrace',
  serviceName: 'redrive',
  defaultDimensions: { stage: TAILRACE_STAGE },
});

/** The request was none. Its text is not repeated: it may hold anything. */
class BadRequest extends Error {
  constructor() {
    super(
      'Send {"objects":["quarantine/relay/…"],"mode":"replay"}, with 1 to 100 keys of quarantine objects.',
    );
    this.name = 'BadRequest';
  }
}

const { database, workgroup, subjectKeys: table } = namesOf(TAILRACE_STAGE);
const store = dynamoKeyStore(new DynamoDBClient({}), table);
const forgotten = (subjects: readonly string[]) =>
  Promise.resolve(new Map(subjects.map((subject) => [subject, { secret: randomBytes(SECRET_BYTES) }])));

const redrive = createRedrive(TAILRACE_STAGE, schemas, {
  ...bucketPorts(new S3Client({}), LAKE_BUCKET),
  arrived: logPort(new AthenaClient({}), { database, workgroup }),
  putBatch: firehosePort(),
  readKeys: subjectKeys(store),
  peekKeys: subjectKeys({ read: store.read, create: forgotten }, { maxAge: 0 }),
});

const report = (outcomes: readonly Redriven[]): void => {
  const rowsOf = (outcome: Outcome): number =>
    outcomes.filter((one) => one.outcome === outcome).reduce((sum, { rows }) => sum + rows, 0);
  metrics.addMetric('RowsReplayed', MetricUnit.Count, rowsOf('delivered'));
  metrics.addMetric('RowsMisfit', MetricUnit.Count, rowsOf('misfit'));
  metrics.publishStoredMetrics();
  const counts = Object.groupBy(outcomes, ({ outcome }) => outcome);
  logger.info(
    'replayed',
    Object.fromEntries(Object.entries(counts).map(([outcome, all]) => [outcome, all.length])),
  );
};

/** Replays up to 100 entries of quarantine, or says what would come of it. */
export const handler = async (
  event: unknown,
  context: Context,
): Promise<{ readonly outcomes: readonly Redriven[] }> => {
  const { data } = redriveRequestSchema.safeParse(event);
  if (!data) throw new BadRequest();
  const outcomes = await redrive(data, {
    patience: patienceFor(() => context.getRemainingTimeInMillis()),
    functionVersion: context.functionVersion,
    now: new Date(),
  });
  if (data.mode !== 'rehearse') report(outcomes);
  return { outcomes };
};
