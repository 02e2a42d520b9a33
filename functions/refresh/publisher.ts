import { setTimeout as sleep } from 'node:timers/promises';
import type { AthenaClient } from '@aws-sdk/client-athena';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { athenaAnswer } from '../shared/insights/athena-answer.ts';
import { publishInsight } from '../shared/insights/publish.ts';
import { insightStore } from '../shared/insights/store.ts';
import type { RefreshPorts } from './step.ts';

/** Publishes the rows of queries that succeeded, over the SDK. */
export const publisher = (
  dynamodb: DynamoDBClient,
  athena: AthenaClient,
  table: string,
): RefreshPorts['publish'] => {
  const ports = { store: insightStore(dynamodb), table, now: () => new Date(), wait: sleep };
  return async ({ name, version, builtAt, queryId }) => {
    const answer = await athenaAnswer(athena, queryId);
    await publishInsight(ports, { name, version, builtAt, ...answer });
  };
};
