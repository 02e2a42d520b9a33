import { Logger } from '@aws-lambda-powertools/logger';
import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { z } from '../../core/schema/index.ts';
import { relationsOf } from '../../core/queries/relation.ts';
import { queries } from '../../queries/index.ts';
import { schemas } from '../../schemas/index.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { executionPort } from '../shared/executions.ts';
import { glueCatalog } from '../shared/lake/catalog.ts';
import { bucketDocuments } from '../shared/lake/documents.ts';
import { athenaRows } from '../shared/lake/athena-rows.ts';
import { refreshEvent } from './events.ts';
import { publisher } from './publisher.ts';
import type { Lake, RefreshPorts } from './step.ts';
import { refreshStep } from './steps.ts';

const environment = z.object({ TAILRACE_STAGE: z.string().regex(STAGE), LAKE_BUCKET: z.string().min(1) });
const { TAILRACE_STAGE, LAKE_BUCKET } = parseEnvironment(environment);
const { database, insights } = namesOf(TAILRACE_STAGE);
const logger = new Logger({ serviceName: 'refresh' });
const athena = new AthenaClient({});
const executions = new SFNClient({});

const ports: RefreshPorts = {
  documents: bucketDocuments(new S3Client({}), LAKE_BUCKET),
  catalog: glueCatalog(new GlueClient({}), database),
  rows: (queryId) => athenaRows(athena, queryId),
  publish: publisher(new DynamoDBClient({}), athena, insights),
  isRunning: executionPort(executions),
  now: () => new Date(),
};

const place = { database, bucket: LAKE_BUCKET };
const lake: Lake = { ...place, schemas, queries, relations: relationsOf(schemas, place) };

/** One step of the refresh, asked by the state machine. */
export const handler = async (event: unknown): Promise<object> => {
  const asked = refreshEvent.parse(event);
  const answer = await refreshStep(ports, lake, asked);
  logger.info(asked.step, {
    entity: 'entity' in asked ? asked.entity : undefined,
    mart: 'mart' in asked ? asked.mart : undefined,
  });
  return answer;
};
