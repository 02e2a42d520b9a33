import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/**
 * A client with three tries of at most two seconds each. What the SDK would do anew in every call is done once, or not
 * at all: its middleware is built once, and nothing is redacted for a logger that logs nothing.
 *
 * @example
 * const client = dynamoClient();
 */
export const dynamoClient = (config: DynamoDBClientConfig = {}): DynamoDBClient => {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    cacheMiddleware: true,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
    ...config,
  });
  client.middlewareStack.remove('loggerMiddleware');
  return client;
};
