import { list, literal, qualified, quoted } from '../lake/sql.ts';
import type { LakePlace } from '../lake/views/tail.ts';
import { expand } from '../queries/expand.ts';
import type { Assertion, SavedQuery } from '../queries/parse.ts';
import { relationsOf, type Relation } from '../queries/relation.ts';
import type { Schema } from '../schema/load.ts';
import { runPrefix, runTable } from './names.ts';

/** A run of a mart: which, over what, and the instant it is of, ISO 8601. */
export interface MartRun {
  readonly query: SavedQuery;
  readonly run: string;
  readonly at: string;
  readonly place: LakePlace;
  readonly relations: ReadonlyMap<string, Relation>;
}

/** The table of a run. */
export type RunTable = Pick<MartRun, 'query' | 'run' | 'place'>;

const tableOf = ({ query, run, place }: RunTable): string =>
  qualified(place.database, runTable(query.name, run));

const expanded = (martRun: MartRun, sql: string): string => {
  const { query, at, relations } = martRun;
  return expand(query, sql, { relations, lake: 'merged', at, mart: tableOf(martRun) });
};

/**
 * The statement that writes a mart's answer into the table of a run, where nobody reads it yet.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html
 *
 * @example
 * buildMart(run) // CREATE TABLE "tailrace_dev"."daily_revenue_run_20261125t120000123" WITH (…) AS SELECT …
 */
export const buildMart = (martRun: MartRun): string => {
  const { query, run, place } = martRun;
  const location = literal(`s3://${place.bucket}/${runPrefix(query.name, run)}`);
  return [
    `CREATE TABLE ${tableOf(martRun)}`,
    `WITH (format = 'PARQUET', write_compression = 'ZSTD', external_location = ${location}) AS`,
    expanded(martRun, query.sql),
  ].join('\n');
};

/** What holds of every mart because it has a key. */
const keyChecks = ({ key }: SavedQuery): Assertion[] => [
  {
    holds: `every row has ${key.join(', ')}`,
    sql: `SELECT ${list(key)} FROM {{mart}} WHERE ${key.map((column) => `${quoted(column)} IS NULL`).join(' OR ')}`,
  },
  {
    holds: `no two rows have the same ${key.join(', ')}`,
    sql: `SELECT ${list(key)} FROM {{mart}} GROUP BY ${list(key)} HAVING count(*) > 1`,
  },
];

/** All that must hold of a mart: its key first, then what its file of assertions says. */
export const checksOf = (query: SavedQuery): Assertion[] => [...keyChecks(query), ...query.assertions];

/** The question for the rows of a run's table, and how many break each check: number of the check from 1, 0 for all rows. */
export const checkMart = (martRun: MartRun): string =>
  [
    `SELECT 0 AS "check", count(*) AS "rows" FROM ${tableOf(martRun)}`,
    ...checksOf(martRun.query).map(
      ({ sql }, index) => `SELECT ${index + 1}, count(*) FROM (\n${expanded(martRun, sql)}\n)`,
    ),
  ].join('\nUNION ALL\n');

/** The statement that lets readers of a mart see a run. They see the one before, whole, or this one. */
export const switchMart = (table: RunTable, columns: readonly string[]): string =>
  [
    `CREATE OR REPLACE VIEW ${qualified(table.place.database, table.query.name)} AS`,
    `SELECT ${list(columns)} FROM ${tableOf(table)}`,
  ].join('\n');

/** The question for the rows of a run in order of their key. */
export const readMart = (table: RunTable): string =>
  `SELECT * FROM ${tableOf(table)} ORDER BY ${list(table.query.key)}`;

/** The rows of a mart that readers see, in order of their key. */
export const martRows = (query: SavedQuery, database: string): string =>
  `SELECT * FROM ${qualified(database, query.name)}\nORDER BY ${list(query.key)}`;

/**
 * A query of the store as anybody can ask it: of a mart its rows, else of the lake as it is.
 *
 * @example
 * savedText(query, schemas, 'tailrace_dev') // SELECT … FROM "tailrace_dev"."orders" …
 */
export const savedText = (query: SavedQuery, schemas: readonly Schema[], database: string): string => {
  if (query.refresh !== 'never') return martRows(query, database);
  const relations = relationsOf(schemas, { database, bucket: '' });
  return inOrder(query, expand(query, query.sql, { relations, lake: 'now' }));
};

/** The same answer in order of its key, where it has one. */
export const inOrder = ({ key }: SavedQuery, sql: string): string =>
  key.length === 0 ? sql : `SELECT * FROM (\n${sql}\n)\nORDER BY ${list(key)}`;

/**
 * The question for a query's answer as it was at an instant, ISO 8601, in order of its key.
 *
 * @example
 * questionAt(query, schemas, { database: 'tailrace_dev', asOf: '2026-11-01T00:00:00Z' })
 */
export const questionAt = (
  query: SavedQuery,
  schemas: readonly Schema[],
  { database, asOf }: { database: string; asOf: string },
): string => {
  const relations = relationsOf(schemas, { database, bucket: '' });
  return inOrder(query, expand(query, query.sql, { relations, lake: { asOf } }));
};
