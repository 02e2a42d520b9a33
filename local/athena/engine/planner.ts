import { DuckDBInstance } from '@duckdb/node-api';
import * as z from 'zod';
import { duckType, quoteName } from '../sql/types.ts';
import { lazily } from './duckdb.ts';
import type { OpenedTable, ReadColumn } from './opened-table.ts';

/** Tells what queries read without running them. */
export interface Planner {
  /** The columns of each table a query reads, by alias, once for every time it is read. */
  columnsRead(
    sql: string,
    tables: readonly Pick<OpenedTable, 'alias' | 'columns'>[],
  ): Promise<ReadonlyMap<string, readonly ReadColumn[][]>>;
  close(): Promise<void>;
}

const texts = z.union([z.string(), z.array(z.string())]);

/** A step of a plan, as EXPLAIN prints it. */
const operator = z.object({
  extra_info: z.looseObject({ Table: z.string().optional(), Projections: texts.optional() }),
  get children(): z.ZodArray<typeof operator> {
    return z.array(operator);
  },
});

type Operator = z.infer<typeof operator>;

/**
 * Steps that look at values, of which empty tables have none, that hide a column in a condition of a scan, or that
 * read a table once where Athena reads it twice.
 */
const NO_STEPS = [
  'filter_pushdown',
  'filter_pullup',
  'statistics_propagation',
  'empty_result_pullup',
  'join_filter_pushdown',
  'late_materialization',
  'join_elimination',
  'common_subplan',
  'window_self_join',
  'top_n',
  'top_n_window_elimination',
];

/**
 * Opens a planner at the first use: a DuckDB of its own that has the tables' columns and no rows, and whose optimizer
 * says which columns a query needs.
 */
export const openPlanner = (): Planner => {
  const engine = lazily(() =>
    DuckDBInstance.create(':memory:', {
      memory_limit: '128MB',
      threads: '1',
      temp_directory: '',
      disabled_optimizers: NO_STEPS.join(','),
    }),
  );
  return {
    columnsRead: (sql, tables) =>
      engine.withConnection(async (connection) => {
        for (const { alias, columns } of tables) {
          const list = columns.map(({ name, type }) => `${quoteName(name)} ${duckType(type)}`).join(', ');
          await connection.run(`CREATE TEMP TABLE ${alias} (${list})`);
        }
        const plan = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${eachUse(sql)}`);
        const roots = z.array(operator).parse(JSON.parse(String(plan.getRows()[0]?.[1])));
        return readsOf(roots, tables);
      }),
    close: () => engine.close(),
  };
};

/** A plan that reads WITH queries more often than this is not made: they could double at every step. */
const MOST_USES = 200;

/** Athena runs a WITH query for every use of it; DuckDB would run it once. */
const eachUse = (sql: string): string => {
  const uses = new Map<string, number>();
  for (const [, name = ''] of sql.matchAll(/\bFROM (w\d+)\b/g)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const most = [...uses.values()].reduce((product, count) => product * count, 1);
  return most > MOST_USES ? sql : sql.replaceAll(/\b(w\d+) AS \(/g, '$1 AS NOT MATERIALIZED (');
};

const readsOf = (roots: readonly Operator[], tables: readonly Pick<OpenedTable, 'alias' | 'columns'>[]) => {
  const reads = new Map<string, ReadColumn[][]>(tables.map(({ alias }) => [alias, []]));
  for (const { extra_info: info } of roots.flatMap(allBelow)) {
    const table = tables.find(({ alias }) => info.Table?.split('.').at(-1) === alias);
    const projected = typeof info.Projections === 'string' ? [info.Projections] : (info.Projections ?? []);
    if (table)
      reads
        .get(table.alias)
        ?.push(projected.filter((text) => text !== '').map((text) => columnOf(text, table)));
  }
  return reads;
};

const allBelow = (root: Operator): Operator[] => [root, ...root.children.flatMap(allBelow)];

/** `total.amount` is a member of the column `total`, unless that is a column's whole name. */
const columnOf = (text: string, { columns }: Pick<OpenedTable, 'columns'>): ReadColumn => {
  const names = columns
    .map(({ name }) => name)
    .filter((name) => text === name || text.startsWith(`${name}.`));
  const name = names.reduce((longest, one) => (one.length > longest.length ? one : longest), '');
  return text === name ? [name] : [name, ...text.slice(name.length + 1).split('.')];
};
