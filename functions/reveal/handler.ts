import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { revealRequestSchema, type Revealed } from '../../core/privacy/reveal.ts';
import * as z from 'zod';
import { parseEnvironment } from '../shared/environment.ts';
import { dynamoKeyStore } from '../shared/subject-keys/key-store.ts';
import { countsOf, reveal } from './reveal.ts';

const { TAILRACE_STAGE } = parseEnvironment(z.object({ TAILRACE_STAGE: z.string().regex(STAGE) }));
const logger = new Logger({ serviceName: 'reveal' });
const store = dynamoKeyStore(new DynamoDBClient({}), namesOf(TAILRACE_STAGE).subjectKeys);

/** The request was none. Its text is not repeated: it may hold anything. */
class BadRequest extends Error {
  constructor() {
    super('Send {"tokens":["sealed:v1:…"],"caller":"who asks"}, with 1 to 500 tokens.');
    this.name = 'BadRequest';
  }
}

/** The values of 1 to 500 tokens, to whoever may invoke this. The log says who asked and how many, and no value or token. */
export const handler = async (
  event: unknown,
  { awsRequestId }: Context,
): Promise<{ readonly revealed: readonly Revealed[] }> => {
  const { data } = revealRequestSchema.safeParse(event);
  if (!data) throw new BadRequest();
  const revealed = await reveal(store, data);
  logger.info('revealed', { requestId: awsRequestId, caller: data.caller, ...countsOf(revealed) });
  return { revealed };
};
