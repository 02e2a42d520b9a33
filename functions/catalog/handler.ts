import { Logger } from '@aws-lambda-powertools/logger';
import { AthenaClient } from '@aws-sdk/client-athena';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { schemas } from '../../schemas/index.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { athenaPorts } from './athena.ts';
import { runStatements } from './run.ts';
import { viewStatements } from './views.ts';

const { TAILRACE_STAGE } = parseEnvironment(z.object({ TAILRACE_STAGE: z.string().regex(STAGE) }));
const logger = new Logger({ serviceName: 'catalog' });
const client = new AthenaClient({});

/** Makes the views of every entity, whatever the event. Run by each deployment. */
export const handler = async (_event: unknown, context: Context): Promise<{ views: string[] }> => {
  const { workgroup, database } = namesOf(TAILRACE_STAGE);
  const statements = viewStatements(TAILRACE_STAGE, entitiesOf(schemas));
  const remaining = () => context.getRemainingTimeInMillis();
  await runStatements(athenaPorts(client, workgroup, database, remaining), statements);
  const views = statements.map(({ view }) => view);
  logger.info('The views are up to date', { views });
  return { views };
};
