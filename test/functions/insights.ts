import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Grant } from '../../core/access/grant.ts';
import type { TextRow } from '../../core/insights/values.ts';
import type { SavedQuery } from '../../core/queries/parse.ts';
import type { PublishPorts } from '../../functions/shared/insights/ports.ts';
import { insightStore, type InsightStore } from '../../functions/shared/insights/store.ts';

/** A mart that is published to some. */
export const martOf = (name: string, publish: readonly Grant[] = ['group:staff']): SavedQuery => ({
  name,
  question: `What is ${name}?`,
  refresh: 'every',
  key: ['n'],
  publish,
  reads: [],
  columns: {},
  sql: 'SELECT 1 AS n',
  assertions: [],
});

/** When everything happens. */
export const NOW = new Date('2026-11-25T12:00:00.500Z');
export const BUILT_AT = '2026-11-25T11:59:00.000Z';

export const COLUMNS = [
  { name: 'n', type: 'bigint' },
  { name: 'version', type: 'varchar' },
];

/** Rows that tell which version they are of, as Athena answers them. */
export const rowsOf = async function* (version: string, count: number): AsyncGenerator<TextRow> {
  for (let n = 1; n <= count; n += 1) yield [String(n), version];
};

/** A version of an answer with so many rows. */
export const insightOf = (name: string, version: string, count: number) => ({
  name,
  version,
  builtAt: BUILT_AT,
  columns: COLUMNS,
  rows: rowsOf(version, count),
});

/** The ports of a publisher over a real table, that waits for nothing. */
export const portsOf = (
  { client, names }: { client: DynamoDBClient; names: { insights: string } },
  store: InsightStore = insightStore(client),
): PublishPorts => ({ store, table: names.insights, now: () => NOW, wait: async () => {} });
