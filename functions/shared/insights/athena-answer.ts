import {
  paginateGetQueryResults,
  type AthenaClient,
  type GetQueryResultsCommandOutput,
} from '@aws-sdk/client-athena';
import type { InsightColumn, TextRow } from '../../../core/insights/values.ts';

type Pages = AsyncIterator<GetQueryResultsCommandOutput, undefined>;

const textsOf = ({ ResultSet }: GetQueryResultsCommandOutput): TextRow[] =>
  (ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue));

/** The row of column names that comes first is left out. */
const rowsOf = async function* (
  first: GetQueryResultsCommandOutput,
  pages: Pages,
): AsyncGenerator<TextRow, void, undefined> {
  yield* textsOf(first).slice(1);
  for (let page = await pages.next(); !page.done; page = await pages.next()) yield* textsOf(page.value);
};

/**
 * The answer of a SELECT that succeeded, for the publisher: its columns, and its rows as they are read, a page at a time.
 * Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
 *
 * @example
 * await publishInsight(ports, { name, version, builtAt, ...(await athenaAnswer(athena, queryId)) });
 */
export const athenaAnswer = async (
  client: AthenaClient,
  queryId: string,
): Promise<{ columns: readonly InsightColumn[]; rows: AsyncIterable<TextRow> }> => {
  const pages: Pages = paginateGetQueryResults({ client }, { QueryExecutionId: queryId });
  const { value: first } = await pages.next();
  if (!first) throw new Error(`Athena answered nothing of query ${queryId}`);
  const columns = (first.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '', Type = '' }) => ({
    name: Name,
    type: Type,
  }));
  return { columns, rows: rowsOf(first, pages) };
};
