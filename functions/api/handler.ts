import * as z from 'zod';
import { namesOf, STAGE } from '../../core/deployment.ts';
import { queries } from '../../queries/index.ts';
import { schemas } from '../../schemas/index.ts';
import { metered } from '../shared/capacity.ts';
import { bounded } from '../shared/deadline.ts';
import { dynamoClient } from '../shared/dynamodb.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { observeWith } from '../shared/observe.ts';
import { application } from './application.ts';
import { storedCursorKey } from './cursor-key.ts';
import { rules } from './rules/index.ts';
import { dynamoStore } from './store.ts';

const environment = parseEnvironment(
  z.object({
    TAILRACE_STAGE: z.string().regex(STAGE),
    TAILRACE_VERSION: z.string().min(1).default('0.0.0'),
  }),
);

/** None of its tries goes on after the time of the request. */
const client = bounded(metered(dynamoClient()));

export const handler = application({
  schemas,
  queries,
  names: namesOf(environment.TAILRACE_STAGE),
  store: dynamoStore(client),
  rules,
  cursorKey: storedCursorKey(client, namesOf(environment.TAILRACE_STAGE).keys),
  observe: observeWith('api', (line) => process.stdout.write(line)),
  info: { title: 'Tailrace', version: environment.TAILRACE_VERSION },
});
