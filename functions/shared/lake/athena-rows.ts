import { paginateGetQueryResults, type AthenaClient } from '@aws-sdk/client-athena';

/**
 * The rows of a SELECT that succeeded. Athena's first row is the names of the columns.
 * Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
 */
export const athenaRows = async (client: AthenaClient, queryId: string): Promise<string[][]> => {
  const rows: string[][] = [];
  for await (const page of paginateGetQueryResults({ client }, { QueryExecutionId: queryId }))
    for (const { Data = [] } of page.ResultSet?.Rows ?? [])
      rows.push(Data.map(({ VarCharValue = '' }) => VarCharValue));
  return rows.slice(1);
};
