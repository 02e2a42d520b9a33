import type { Cte, Expression, Query, QueryBody, Select, SelectItem, GroupItem, SortItem } from './ast.ts';
import { Cursor, type Grammar } from './cursor.ts';
import { notTranslated } from './error.ts';
import { parseOrderBy, parseWindow } from './parse-call.ts';
import { parseExpression, startsQuery } from './parse-expression.ts';
import { parseQualifiedName, parseRelation } from './parse-relation.ts';

/** Reads a query: WITH, set operations and SELECTs, ORDER BY, OFFSET, LIMIT. */
export const parseQuery = (cursor: Cursor): Query => {
  const ctes = cursor.accept('WITH') ? parseWith(cursor) : [];
  const body = parseUnion(cursor);
  const orderBy: SortItem[] = parseOrderBy(cursor);
  const offset = cursor.accept('OFFSET') ? parseOffset(cursor) : undefined;
  const limit = parseLimit(cursor);
  return { with: ctes, body, orderBy, ...(offset && { offset }), ...(limit && { limit }) };
};

const GRAMMAR: Grammar = { expression: parseExpression, query: parseQuery };

/** A cursor over a whole statement; `parameters` replace its question marks in order. */
export const openCursor = (sql: string, parameters: readonly string[] = []): Cursor =>
  new Cursor(sql, GRAMMAR, parameters.map(parseParameter));

const parseParameter = (text: string): Expression => {
  const cursor = new Cursor(text, GRAMMAR);
  const value = parseExpression(cursor);
  cursor.end();
  return value;
};

/**
 * Reads a text that is one query and nothing else.
 *
 * @example
 * parseQueryText('SELECT count(*) FROM orders');
 */
export const parseQueryText = (sql: string, parameters: readonly string[] = []): Query => {
  const cursor = openCursor(sql, parameters);
  const query = parseQuery(cursor);
  cursor.end();
  return query;
};

const parseWith = (cursor: Cursor): Cte[] => {
  if (cursor.at('RECURSIVE')) throw notTranslated('WITH RECURSIVE', cursor.peek());
  return cursor.list(() => {
    const name = cursor.identifier();
    const columns = cursor.at('(')
      ? cursor.parenthesized(() => cursor.list(() => cursor.identifier()))
      : undefined;
    cursor.expect('AS');
    const query = cursor.parenthesized(() => parseQuery(cursor));
    return { name, query, ...(columns && { columns }) };
  });
};

const parseOffset = (cursor: Cursor): Expression => {
  const value = rowCount(cursor);
  if (!cursor.accept('ROWS')) cursor.accept('ROW');
  return value;
};

const parseLimit = (cursor: Cursor): Expression | undefined => {
  if (cursor.accept('LIMIT')) return cursor.accept('ALL') ? undefined : rowCount(cursor);
  if (!cursor.accept('FETCH')) return undefined;
  if (!cursor.accept('FIRST')) cursor.expect('NEXT');
  const at = cursor.peek();
  const value: Expression =
    cursor.peek().kind === 'word' ? { at, kind: 'number', value: '1' } : rowCount(cursor);
  if (!cursor.accept('ROWS')) cursor.expect('ROW');
  if (cursor.accept('WITH', 'TIES')) throw notTranslated('FETCH … WITH TIES', at);
  cursor.expect('ONLY');
  return value;
};

const rowCount = (cursor: Cursor): Expression => {
  const token = cursor.take();
  if (token.text === '?') return cursor.parameter();
  if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw cursor.mismatch('<integer>');
  return { at: token, kind: 'number', value: token.text };
};

const parseUnion = (cursor: Cursor): QueryBody => {
  let left = parseIntersect(cursor);
  for (;;) {
    const op = (['UNION', 'EXCEPT'] as const).find((word) => cursor.accept(word));
    if (!op) return left;
    left = { at: left.at, kind: 'set', op, all: allOrDistinct(cursor), left, right: parseIntersect(cursor) };
  }
};

const parseIntersect = (cursor: Cursor): QueryBody => {
  let left = parseTerm(cursor);
  while (cursor.accept('INTERSECT')) {
    left = {
      at: left.at,
      kind: 'set',
      op: 'INTERSECT',
      all: allOrDistinct(cursor),
      left,
      right: parseTerm(cursor),
    };
  }
  return left;
};

const allOrDistinct = (cursor: Cursor): boolean => {
  if (cursor.accept('ALL')) return true;
  cursor.accept('DISTINCT');
  return false;
};

const parseTerm = (cursor: Cursor): QueryBody => {
  const at = cursor.peek();
  if (cursor.accept('VALUES'))
    return { at, kind: 'values', rows: cursor.list(() => parseExpression(cursor)) };
  if (cursor.accept('TABLE')) return { at, kind: 'table', name: parseQualifiedName(cursor) };
  if (cursor.at('(')) return { at, kind: 'nested', query: cursor.parenthesized(() => parseQuery(cursor)) };
  if (!cursor.at('SELECT')) throw cursor.mismatch("'SELECT', 'VALUES', 'TABLE', 'WITH', '('");
  return { at, ...parseSelect(cursor) };
};

const parseSelect = (cursor: Cursor): Select => {
  cursor.expect('SELECT');
  const distinct = cursor.accept('DISTINCT');
  if (!distinct) cursor.accept('ALL');
  const select: Select = {
    kind: 'select',
    distinct,
    items: cursor.list(() => parseItem(cursor)),
    windows: new Map(),
  };
  if (cursor.accept('FROM')) select.from = parseFrom(cursor);
  if (cursor.accept('WHERE')) select.where = parseExpression(cursor);
  if (cursor.accept('GROUP', 'BY')) select.groupBy = parseGroupBy(cursor);
  if (cursor.accept('HAVING')) select.having = parseExpression(cursor);
  if (cursor.accept('WINDOW')) parseWindows(cursor, select);
  return select;
};

const parseFrom = (cursor: Cursor) =>
  cursor
    .list(() => parseRelation(cursor))
    .reduce((left, right) => ({ at: left.at, kind: 'join', type: 'CROSS', left, right }));

const parseWindows = (cursor: Cursor, select: Select) =>
  cursor.list(() => {
    const name = cursor.identifier();
    cursor.expect('AS');
    select.windows.set(name, parseWindow(cursor));
  });

const parseItem = (cursor: Cursor): SelectItem => {
  const at = cursor.peek();
  if (cursor.accept('*')) return { at, kind: 'all' };
  const value = parseExpression(cursor);
  if (cursor.accept('.', '*')) return { at, kind: 'all', of: value };
  const alias = cursor.accept('AS') || isAlias(cursor) ? cursor.identifier() : undefined;
  return { at, kind: 'column', value, ...(alias !== undefined && { alias }) };
};

const isAlias = (cursor: Cursor) => cursor.atIdentifier() && !cursor.at('LIMIT') && !cursor.at('FETCH');

const parseGroupBy = (cursor: Cursor): GroupItem[] => {
  if (!cursor.accept('DISTINCT')) cursor.accept('ALL');
  return cursor.list(() => {
    if (cursor.accept('GROUPING', 'SETS')) return { kind: 'sets', sets: groupingSets(cursor) };
    if (cursor.accept('ROLLUP')) return { kind: 'rollup', sets: groupingSets(cursor) };
    if (cursor.accept('CUBE')) return { kind: 'cube', sets: groupingSets(cursor) };
    return { kind: 'simple', value: parseExpression(cursor) };
  });
};

const groupingSets = (cursor: Cursor): Expression[][] =>
  cursor.parenthesized(() =>
    cursor.list(() => {
      if (!cursor.at('(') || startsQuery(cursor)) return [parseExpression(cursor)];
      cursor.take();
      if (cursor.accept(')')) return [];
      const set = cursor.list(() => parseExpression(cursor));
      cursor.expect(')');
      return set;
    }),
  );
