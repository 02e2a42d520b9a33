import type { Comparison, Expression, ExpressionKind } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parsePrimary } from './parse-primary.ts';

const COMPARISONS: Record<string, Comparison> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

const at = (
  cursor: Cursor,
  base: { at: Expression['at'] } | undefined,
  kind: ExpressionKind,
): Expression => ({
  at: base?.at ?? cursor.peek(),
  ...kind,
});

/** Reads an expression by Trino's precedence: OR, AND, NOT, predicate, `||`, sums, products, signs, AT TIME ZONE. */
export const parseExpression = (cursor: Cursor): Expression => {
  let left = parseAnd(cursor);
  while (cursor.accept('OR'))
    left = at(cursor, left, { kind: 'logical', op: 'OR', left, right: parseAnd(cursor) });
  return left;
};

const parseAnd = (cursor: Cursor): Expression => {
  let left = parseNot(cursor);
  while (cursor.accept('AND'))
    left = at(cursor, left, { kind: 'logical', op: 'AND', left, right: parseNot(cursor) });
  return left;
};

const parseNot = (cursor: Cursor): Expression => {
  const start = cursor.peek();
  if (!cursor.accept('NOT')) return parsePredicate(cursor);
  return { at: start, kind: 'not', value: parseNot(cursor) };
};

const parsePredicate = (cursor: Cursor): Expression => {
  const value = parseValue(cursor);
  const op = cursor.peek().kind === 'op' ? COMPARISONS[cursor.peek().text] : undefined;
  if (op) return parseComparison(cursor, value, op);
  if (cursor.accept('IS')) return parseIs(cursor, value);
  const not =
    cursor.at('NOT') && ['BETWEEN', 'IN', 'LIKE'].includes(cursor.peek(1).text) && cursor.accept('NOT');
  if (cursor.accept('BETWEEN')) return parseBetween(cursor, value, not);
  if (cursor.accept('IN')) return parseIn(cursor, value, not);
  if (cursor.accept('LIKE')) return parseLike(cursor, value, not);
  return value;
};

const parseComparison = (cursor: Cursor, left: Expression, op: Comparison): Expression => {
  cursor.take();
  const quantifier = (['ALL', 'ANY', 'SOME'] as const).find((word) => cursor.at(word, '('));
  if (!quantifier) return at(cursor, left, { kind: 'compare', op, left, right: parseValue(cursor) });
  cursor.take();
  const query = cursor.parenthesized(() => cursor.grammar.query(cursor));
  const kind = quantifier === 'ALL' ? 'ALL' : 'ANY';
  return at(cursor, left, { kind: 'quantified', op, quantifier: kind, value: left, query });
};

const parseIs = (cursor: Cursor, value: Expression): Expression => {
  const not = cursor.accept('NOT');
  if (cursor.accept('NULL')) return at(cursor, value, { kind: 'isNull', value, not });
  cursor.expect('DISTINCT', 'FROM');
  return at(cursor, value, { kind: 'distinctFrom', left: value, right: parseValue(cursor), not });
};

const parseBetween = (cursor: Cursor, value: Expression, not: boolean): Expression => {
  const low = parseValue(cursor);
  cursor.expect('AND');
  return at(cursor, value, { kind: 'between', value, low, high: parseValue(cursor), not });
};

const parseIn = (cursor: Cursor, value: Expression, not: boolean): Expression =>
  cursor.parenthesized(() => {
    if (startsQuery(cursor))
      return at(cursor, value, { kind: 'inQuery', value, query: cursor.grammar.query(cursor), not });
    const list = cursor.list(() => parseExpression(cursor));
    return at(cursor, value, { kind: 'in', value, list, not });
  });

/** Whether a query, not an expression, comes next: looks through opening parentheses. */
export const startsQuery = (cursor: Cursor): boolean => {
  let ahead = 0;
  while (cursor.peek(ahead).text === '(') ahead += 1;
  const { kind, text } = cursor.peek(ahead);
  return kind === 'word' && ['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(text);
};

const parseLike = (cursor: Cursor, value: Expression, not: boolean): Expression => {
  const pattern = parseValue(cursor);
  const escape = cursor.accept('ESCAPE') ? parseValue(cursor) : undefined;
  return at(cursor, value, { kind: 'like', value, pattern, not, ...(escape && { escape }) });
};

/** Reads what Trino calls a value expression: no AND, OR, NOT or comparison at its top. */
export const parseValue = (cursor: Cursor): Expression => {
  let left = parseSum(cursor);
  while (cursor.accept('||'))
    left = at(cursor, left, { kind: 'arithmetic', op: '||', left, right: parseSum(cursor) });
  return left;
};

const parseSum = (cursor: Cursor): Expression => {
  let left = parseProduct(cursor);
  for (;;) {
    const op = (['+', '-'] as const).find((sign) => cursor.accept(sign));
    if (!op) return left;
    left = at(cursor, left, { kind: 'arithmetic', op, left, right: parseProduct(cursor) });
  }
};

const parseProduct = (cursor: Cursor): Expression => {
  let left = parseSigned(cursor);
  for (;;) {
    const op = (['*', '/', '%'] as const).find((sign) => cursor.accept(sign));
    if (!op) return left;
    left = at(cursor, left, { kind: 'arithmetic', op, left, right: parseSigned(cursor) });
  }
};

const parseSigned = (cursor: Cursor): Expression => {
  const start = cursor.peek();
  if (cursor.accept('-')) return { at: start, kind: 'negate', value: parseSigned(cursor) };
  if (cursor.accept('+')) return { at: start, kind: 'plus', value: parseSigned(cursor) };
  return parseAtTimeZone(cursor);
};

const parseAtTimeZone = (cursor: Cursor): Expression => {
  let value = parsePrimary(cursor, { value: parseValue, startsQuery });
  while (cursor.accept('AT', 'TIME', 'ZONE')) {
    const zone = parsePrimary(cursor, { value: parseValue, startsQuery });
    value = at(cursor, value, { kind: 'atTimeZone', value, zone });
  }
  return value;
};
