import { setTimeout as sleep } from 'node:timers/promises';
import { AthenaClient, GetQueryExecutionCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import type { CatalogPorts } from './run.ts';

const MARGIN = 2000;

/**
 * Athena over the SDK: statements run in one workgroup, whose own result location they use.
 * Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
 */
export const athenaPorts = (
  client: AthenaClient,
  workgroup: string,
  database: string,
  remaining: () => number,
): CatalogPorts => ({
  start: async (sql) => {
    const started = await client.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        WorkGroup: workgroup,
        QueryExecutionContext: { Database: database },
      }),
    );
    return started.QueryExecutionId ?? '';
  },
  poll: async (executionId) => {
    const { QueryExecution } = await client.send(
      new GetQueryExecutionCommand({ QueryExecutionId: executionId }),
    );
    const { State = 'UNKNOWN', StateChangeReason, AthenaError } = QueryExecution?.Status ?? {};
    return { state: State, reason: StateChangeReason ?? AthenaError?.ErrorMessage };
  },
  wait: sleep,
  remaining: () => remaining() - MARGIN,
});
