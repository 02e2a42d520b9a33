import type { Query } from '../sql/ast.ts';
import { analyzeExpression } from './expression.ts';
import { planQuery } from './query.ts';
import type { Analysis, Planned, TableUse } from './scope.ts';

export interface AnalyzedQuery extends Planned {
  /** Every table the DuckDB text reads, under the name it reads it by. */
  readonly uses: readonly TableUse[];
}

/**
 * Turns a query of Athena's into one of DuckDB's with the same answer, or throws a SqlError: Athena's own where the
 * query is wrong, NOT_SUPPORTED where the local cloud cannot answer as Athena would.
 *
 * @example
 * const { sql, columns, uses } = analyzeQuery(parseQueryText('SELECT 7 / 2'), { find, database: 'lake', now: new Date() });
 */
export const analyzeQuery = (
  query: Query,
  options: { find: Analysis['find']; database: string | undefined; now: Date },
): AnalyzedQuery => {
  let count = 0;
  const analysis: Analysis = {
    find: options.find,
    now: options.now,
    uses: [],
    viewStack: [],
    fresh: (prefix) => {
      count += 1;
      return `${prefix}${count}`;
    },
    expression(value, scope) {
      return analyzeExpression(value, { analysis: this, scope });
    },
    query(inner, parent, names) {
      return planQuery(inner, parent, names, this);
    },
  };
  const planned = analysis.query(query, undefined, { ctes: new Map(), database: options.database });
  return { ...planned, uses: analysis.uses };
};
