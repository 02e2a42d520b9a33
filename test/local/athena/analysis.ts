import { analyzeQuery, type AnalyzedQuery } from '../../../local/athena/analyze/index.ts';
import type { Found } from '../../../local/athena/analyze/scope.ts';
import { parseQueryText } from '../../../local/athena/sql/parse-query.ts';
import { parseTypeText } from '../../../local/athena/sql/parse-type.ts';

/** A table of a catalogue: columns with Hive types, partition keys, and a hidden `$path`. */
export const tableOf = (
  name: string,
  columns: Record<string, string>,
  keys: Record<string, string> = {},
): Found => {
  const typed = (types: Record<string, string>, partition: boolean) =>
    Object.entries(types).map(([column, type]) => ({ name: column, type: parseTypeText(type), partition }));
  const path = { name: '$path', type: parseTypeText('string'), partition: true, hidden: true };
  return {
    kind: 'table',
    database: 'shop',
    name,
    columns: [...typed(columns, false), ...typed(keys, true), path],
  };
};

export const viewOf = (name: string, sql: string, columns: Record<string, string>): Found => ({
  kind: 'view',
  database: 'shop',
  name,
  sql,
  home: 'shop',
  columns: Object.entries(columns).map(([column, type]) => ({
    name: column,
    type: parseTypeText(type),
    partition: false,
  })),
});

/** What Athena makes of a query over these tables. */
export const analyzed = (sql: string, tables: readonly Found[]): AnalyzedQuery =>
  analyzeQuery(parseQueryText(sql), {
    find: (parts) => tables.find(({ name }) => name === parts.at(-1)) as Found,
    database: 'shop',
    now: new Date('2026-11-22T00:00:00Z'),
  });
