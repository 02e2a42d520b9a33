import { Logger } from '@aws-lambda-powertools/logger';
import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { schemas } from '../../schemas/index.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { glueCatalog } from '../shared/lake/catalog.ts';
import { bucketDocuments } from '../shared/lake/documents.ts';
import { athenaPorts } from './athena.ts';
import { updateCatalog } from './catalog.ts';

const environment = z.object({ TAILRACE_STAGE: z.string().regex(STAGE), LAKE_BUCKET: z.string().min(1) });
const { TAILRACE_STAGE, LAKE_BUCKET } = parseEnvironment(environment);
const { workgroup, database } = namesOf(TAILRACE_STAGE);
const logger = new Logger({ serviceName: 'catalog' });
const athena = new AthenaClient({});
const documents = bucketDocuments(new S3Client({}), LAKE_BUCKET);
const catalog = glueCatalog(new GlueClient({}), database);

/** Makes tables and views of every entity, whatever the event. Run by each deployment. */
export const handler = async (_event: unknown, context: Context): Promise<{ views: string[] }> => {
  const remaining = () => context.getRemainingTimeInMillis();
  const ports = { ...athenaPorts(athena, workgroup, database, remaining), documents, catalog };
  const views = await updateCatalog(ports, { database, bucket: LAKE_BUCKET }, entitiesOf(schemas));
  logger.info('The catalogue is up to date', { views });
  return { views };
};
