import type { Expression, Query } from '../sql/ast.ts';
import { analyzeExpression } from './expression.ts';
import { planQuery } from './query.ts';
import type { Analysis, Names, Planned, Scope, TableUse, Typed } from './scope.ts';

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
export const analyzeQuery = (query: Query, options: AnalysisOptions): AnalyzedQuery => {
  const { analysis, names } = openAnalysis(options);
  const planned = analysis.query(query, undefined, names);
  return { ...planned, uses: analysis.uses };
};

export interface AnalysisOptions {
  readonly find: Analysis['find'];
  readonly database: string | undefined;
  readonly now: Date;
}

/** An analysis with nothing in it yet, for statements that are more than one query. */
export const openAnalysis = (options: AnalysisOptions): { analysis: Analysis; names: Names } => {
  let count = 0;
  const seen: Seen = new WeakMap();
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
      return remembered(seen, scope, value, () => analyzeExpression(value, { analysis: this, scope }));
    },
    query(inner, parent, names) {
      return planQuery(inner, parent, names, this);
    },
  };
  return { analysis, names: { ctes: new Map(), database: options.database } };
};

type Seen = WeakMap<Scope, Map<string, Typed>>;

/**
 * Equal expressions of one scope get one text: DuckDB only then sees that what SELECT names is what GROUP BY groups by.
 */
const remembered = (seen: Seen, scope: Scope, value: Expression, analyze: () => Typed): Typed => {
  const known = seen.get(scope) ?? new Map<string, Typed>();
  seen.set(scope, known);
  const key = expressionKey(value);
  const typed = known.get(key) ?? analyze();
  known.set(key, typed);
  return typed;
};

/** An expression as text, wherever it stands. */
const expressionKey = (value: Expression): string =>
  JSON.stringify(value, (name, item: unknown) => {
    if (name === 'at') return undefined;
    if (item instanceof Map) return [...item];
    return isNamed(item) ? { ...item, text: '' } : item;
  });

/** A name's own spelling does not matter, only its lower case. */
const isNamed = (item: unknown): item is { kind: 'name' | 'member' } =>
  typeof item === 'object' &&
  item !== null &&
  'kind' in item &&
  (item.kind === 'name' || item.kind === 'member');
