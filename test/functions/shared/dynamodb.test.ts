import { expect, it } from 'vitest';
import { dynamoClient } from '../../../functions/shared/dynamodb.ts';

it('the client redacts nothing for a logger that logs nothing, and builds its middleware once', () => {
  const client = dynamoClient({ region: 'eu-central-1' });

  expect(client.middlewareStack.identify().join()).toContain('serializerMiddleware');
  expect(client.middlewareStack.identify().join()).not.toContain('loggerMiddleware');
  expect(client.config.cacheMiddleware).toBe(true);
});
