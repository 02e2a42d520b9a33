import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { ProblemError } from '../../core/http/problem.ts';
import { eventsOf } from '../../core/schema/load.ts';
import { schemas } from '../../schemas/index.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { firehosePort, patienceFor } from '../shared/firehose/client.ts';
import { dynamoKeyStore } from '../shared/subject-keys/key-store.ts';
import { subjectKeys } from '../shared/subject-keys/subject-keys.ts';
import { createCollector } from './collect.ts';
import { bodyOf, reporterOf, type Request } from './request.ts';
import { answer, answerProblem, type Answer } from './respond.ts';

const { TAILRACE_STAGE } = parseEnvironment(z.object({ TAILRACE_STAGE: z.string().regex(STAGE) }));
const logger = new Logger({ serviceName: 'collector' });
const metrics = new Metrics({
  namespace: 'Tailrace',
  serviceName: 'collector',
  defaultDimensions: { stage: TAILRACE_STAGE },
});
const keyStore = dynamoKeyStore(new DynamoDBClient({}), namesOf(TAILRACE_STAGE).subjectKeys);
const collect = createCollector(TAILRACE_STAGE, eventsOf(schemas), {
  putBatch: firehosePort(),
  readKeys: subjectKeys(keyStore),
  now: () => new Date(),
  newId: randomUUID,
});

/** A client waits for the answer, so a few short tries. */
const LIMITS = { maxTries: 5, maxDelay: 1000 };

const take = async (request: Request, context: Context): Promise<Answer> => {
  const patience = patienceFor(() => context.getRemainingTimeInMillis(), LIMITS);
  const collected = await collect({ body: bodyOf(request), caller: reporterOf(request), patience });
  metrics.addMetric('EventsAccepted', MetricUnit.Count, collected.accepted);
  metrics.addMetric('PayloadBytes', MetricUnit.Bytes, collected.payloadBytes);
  metrics.addMetric('BilledBytes', MetricUnit.Bytes, collected.billedBytes);
  return answer(202, { accepted: collected.accepted }, request.requestContext.requestId);
};

const report = (error: unknown): void => {
  if (!(error instanceof ProblemError)) logger.error('The request failed', error as Error);
  else if (error.code === 'unavailable') logger.error('The events could not be stored', error);
  metrics.addMetric('RequestsRefused', MetricUnit.Count, 1);
};

const answerOf = async (request: Request, context: Context): Promise<Answer> => {
  try {
    return await take(request, context);
  } catch (error) {
    report(error);
    return answerProblem(error, request.requestContext.requestId);
  }
};

/** `POST /events`: takes 1 to 500 events straight to their delivery streams. */
export const handler = async (request: Request, context: Context): Promise<Answer> => {
  const answered = await answerOf(request, context);
  const { requestId } = request.requestContext;
  logger.info('request', { requestId, route: '/events', status: answered.statusCode });
  metrics.publishStoredMetrics();
  return answered;
};
