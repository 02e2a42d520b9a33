import type { AsOf, JoinType, QualifiedName, Relation } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { notTranslated, SqlError } from './error.ts';
import { parseValue, startsQuery } from './parse-expression.ts';

const NO_ALIAS = new Set(['LIMIT', 'OFFSET', 'FETCH', 'WINDOW', 'TABLESAMPLE', 'MATCH_RECOGNIZE']);

/** Reads a relation with the joins after it. */
export const parseRelation = (cursor: Cursor): Relation => {
  let left = aliased(cursor);
  for (;;) {
    const type = joinType(cursor);
    if (!type) return left;
    left = joined(cursor, left, type);
  }
};

const joined = (cursor: Cursor, left: Relation, type: JoinType): Relation => {
  const { at } = left;
  if (type === 'CROSS') return { at, kind: 'join', type, left, right: aliased(cursor) };
  const right = parseRelation2(cursor);
  if (cursor.accept('USING')) {
    const using = cursor.parenthesized(() => cursor.list(() => cursor.identifier()));
    return { at, kind: 'join', type, left, right, using };
  }
  cursor.expect('ON');
  return { at, kind: 'join', type, left, right, on: cursor.grammar.expression(cursor) };
};

/** The right side of a join: a chain of joins only binds to it when its own ON comes first. */
const parseRelation2 = (cursor: Cursor): Relation => {
  let right = aliased(cursor);
  for (;;) {
    if (cursor.at('ON') || cursor.at('USING')) return right;
    const type = joinType(cursor);
    if (!type) throw cursor.mismatch("'ON', 'USING'");
    right = joined(cursor, right, type);
  }
};

const joinType = (cursor: Cursor): JoinType | undefined => {
  if (cursor.accept('CROSS', 'JOIN')) return 'CROSS';
  if (cursor.accept('JOIN') || cursor.accept('INNER', 'JOIN')) return 'INNER';
  if (cursor.at('NATURAL')) throw new SqlError('NOT_SUPPORTED', 'Natural join not supported', cursor.peek());
  for (const type of ['LEFT', 'RIGHT', 'FULL'] as const) {
    if (cursor.accept(type, 'JOIN') || cursor.accept(type, 'OUTER', 'JOIN')) return type;
  }
  return undefined;
};

const aliased = (cursor: Cursor): Relation => {
  const of = primary(cursor);
  refuseSampling(cursor);
  const named = cursor.accept('AS') || (cursor.atIdentifier() && !NO_ALIAS.has(cursor.peek().text));
  if (!named) return of;
  const name = cursor.identifier();
  const columns = cursor.at('(')
    ? cursor.parenthesized(() => cursor.list(() => cursor.identifier()))
    : undefined;
  refuseSampling(cursor);
  return { at: of.at, kind: 'alias', of, name, ...(columns && { columns }) };
};

const refuseSampling = (cursor: Cursor) => {
  const token = cursor.peek();
  if (cursor.at('TABLESAMPLE') || cursor.at('MATCH_RECOGNIZE')) throw notTranslated(token.text, token);
};

const primary = (cursor: Cursor): Relation => {
  const at = cursor.peek();
  if (cursor.accept('LATERAL')) return { at, kind: 'query', lateral: true, query: nested(cursor) };
  if (cursor.accept('UNNEST')) {
    const items = cursor.parenthesized(() => cursor.list(() => cursor.grammar.expression(cursor)));
    return { at, kind: 'unnest', items, ordinality: cursor.accept('WITH', 'ORDINALITY') };
  }
  if (cursor.at('TABLE', '(')) throw notTranslated('table functions', at);
  if (!cursor.at('(')) return parseTable(cursor);
  if (startsQuery(cursor) && isWholeQuery(cursor))
    return { at, kind: 'query', lateral: false, query: nested(cursor) };
  return cursor.parenthesized(() => parseRelation(cursor));
};

const parseTable = (cursor: Cursor): Relation => {
  const at = cursor.peek();
  const name = parseQualifiedName(cursor);
  const asOf = parseAsOf(cursor);
  return { at, kind: 'table', name, ...(asOf && { asOf }) };
};

/** Athena's time travel; the `SYSTEM_` forms of its engine version 2 are no longer understood. */
const parseAsOf = (cursor: Cursor): AsOf | undefined => {
  const kind = (['timestamp', 'version'] as const).find((word) => cursor.at('FOR', word.toUpperCase()));
  if (!kind) return undefined;
  cursor.expect('FOR', kind.toUpperCase(), 'AS', 'OF');
  return { kind, value: parseValue(cursor) };
};

/**
 * `((SELECT 1) UNION SELECT 2)` is a query, `((SELECT 1) a JOIN t ON …)` a join:
 * after the inner closing parenthesis, a query goes on with a set operation or ends.
 */
const isWholeQuery = (cursor: Cursor): boolean => {
  if (cursor.peek(1).text !== '(') return true;
  let depth = 0;
  let ahead = 1;
  do {
    const { text, kind } = cursor.peek(ahead);
    if (kind === 'end') return true;
    depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    ahead += 1;
  } while (depth > 0);
  return ['UNION', 'INTERSECT', 'EXCEPT', ')', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH'].includes(
    cursor.peek(ahead).text,
  );
};

const nested = (cursor: Cursor) => cursor.parenthesized(() => cursor.grammar.query(cursor));

/** Reads `table`, `database.table` or `catalog.database.table`. */
export const parseQualifiedName = (cursor: Cursor): QualifiedName => {
  const at = cursor.peek();
  const parts = [cursor.identifier()];
  while (cursor.accept('.')) parts.push(cursor.identifier());
  return { parts, at };
};
