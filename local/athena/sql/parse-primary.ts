import type { Call, Expression, ExpressionKind } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { notTranslated } from './error.ts';
import { parseCall, SPECIAL_CALLS } from './parse-call.ts';
import { parseType } from './parse-type.ts';

/** The parts of the expression grammar a primary expression contains in turn. */
export interface Inner {
  value(cursor: Cursor): Expression;
  startsQuery(cursor: Cursor): boolean;
}

const NOW = new Set([
  'CURRENT_DATE',
  'CURRENT_TIMESTAMP',
  'CURRENT_TIME',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'CURRENT_USER',
]);
const TYPE_WORDS =
  'TINYINT SMALLINT INT INTEGER BIGINT REAL DOUBLE DECIMAL VARCHAR CHAR BOOLEAN DATE JSON UUID VARBINARY'.split(
    ' ',
  );

/** Reads a primary expression and the subscripts and members after it. */
export const parsePrimary = (cursor: Cursor, inner: Inner): Expression => {
  let value = base(cursor, inner);
  for (;;) {
    const start = { at: value.at };
    if (cursor.accept('[')) {
      value = { ...start, kind: 'subscript', base: value, index: inner.value(cursor) };
      cursor.expect(']');
    } else if (cursor.at('.') && cursor.peek(1).text !== '*') {
      cursor.take();
      const text = cursor.identifierAsWritten();
      value = { ...start, kind: 'member', base: value, field: text.toLowerCase(), text };
    } else return value;
  }
};

const base = (cursor: Cursor, inner: Inner): Expression => {
  const start = cursor.peek();
  const at = { line: start.line, column: start.column };
  if (start.text === '?' && start.kind === 'op') {
    cursor.take();
    return { ...cursor.parameter(), at };
  }
  return { at, ...(literal(cursor) ?? keyword(cursor, inner) ?? nameOrCall(cursor)) };
};

const literal = (cursor: Cursor): ExpressionKind | undefined => {
  const token = cursor.peek();
  if (token.kind === 'string' || token.kind === 'number' || token.kind === 'binary') {
    return { kind: token.kind, value: cursor.take().value };
  }
  if (cursor.accept('NULL')) return { kind: 'null' };
  if (cursor.at('TRUE') || cursor.at('FALSE'))
    return { kind: 'boolean', value: cursor.take().text === 'TRUE' };
  return token.kind === 'word' ? typedLiteral(cursor) : undefined;
};

const typedLiteral = (cursor: Cursor): ExpressionKind | undefined => {
  const { text } = cursor.peek();
  if (text === 'INTERVAL' && isIntervalNext(cursor)) return interval(cursor);
  if (cursor.peek(1).kind !== 'string') return undefined;
  if (text === 'TIMESTAMP' || text === 'TIME') {
    cursor.take();
    return { kind: text === 'TIME' ? 'time' : 'timestamp', value: cursor.take().value };
  }
  if (!TYPE_WORDS.includes(text)) return undefined;
  const type = parseType(cursor);
  const { value } = cursor.take();
  return text === 'DECIMAL' ? { kind: 'number', value: withPoint(value) } : { kind: 'typed', type, value };
};

/** `DECIMAL '5'` is a decimal where a bare `5` is an integer. */
const withPoint = (value: string) => (value.includes('.') ? value : `${value}.`);

const isIntervalNext = (cursor: Cursor) =>
  cursor.peek(1).kind === 'string' ||
  (['+', '-'].includes(cursor.peek(1).text) && cursor.peek(2).kind === 'string');

const interval = (cursor: Cursor): ExpressionKind => {
  cursor.expect('INTERVAL');
  const sign = cursor.accept('-') ? -1 : 1;
  cursor.accept('+');
  const { value } = cursor.take();
  const unit = cursor.identifier();
  return { kind: 'interval', value, sign, unit, ...(cursor.accept('TO') && { to: cursor.identifier() }) };
};

const keyword = (cursor: Cursor, inner: Inner): ExpressionKind | undefined => {
  const token = cursor.peek();
  if (token.text === '(' && token.kind === 'op') return parenthesis(cursor, inner);
  if (token.kind !== 'word') return undefined;
  if (NOW.has(token.text)) return now(cursor);
  if (cursor.accept('CASE')) return parseCase(cursor);
  if (cursor.at('CAST', '(') || cursor.at('TRY_CAST', '(')) return parseCast(cursor);
  if (cursor.accept('EXISTS'))
    return { kind: 'exists', query: cursor.parenthesized(() => cursor.grammar.query(cursor)) };
  if (cursor.accept('ROW', '(')) return { kind: 'row', items: closed(cursor, ')') };
  if (cursor.accept('ARRAY', '[')) return { kind: 'array', items: closed(cursor, ']') };
  if (cursor.at('POSITION', '(')) return position(cursor, inner);
  const special = cursor.peek(1).text === '(' ? SPECIAL_CALLS[token.text] : undefined;
  if (!special) return undefined;
  cursor.take();
  return special(cursor);
};

const closed = (cursor: Cursor, close: string): Expression[] => {
  if (cursor.accept(close)) return [];
  const items = cursor.list(() => cursor.grammar.expression(cursor));
  cursor.expect(close);
  return items;
};

const now = (cursor: Cursor): ExpressionKind => {
  const name = cursor.take().text.toLowerCase();
  if (!cursor.accept('(')) return { kind: 'now', name };
  const precision = Number(cursor.take().text);
  cursor.expect(')');
  return { kind: 'now', name, precision };
};

const parenthesis = (cursor: Cursor, inner: Inner): ExpressionKind => {
  if (isLambdaAhead(cursor)) return lambda(cursor);
  cursor.expect('(');
  if (inner.startsQuery(cursor)) {
    const query = cursor.grammar.query(cursor);
    cursor.expect(')');
    return { kind: 'subquery', query };
  }
  const items = closed(cursor, ')');
  const [only] = items;
  if (!only) throw cursor.mismatch('<expression>');
  return items.length === 1 ? only : { kind: 'row', items };
};

/** `(a, b) ->` begins a lambda, `(a, b)` a row: only what follows the parenthesis tells. */
const isLambdaAhead = (cursor: Cursor): boolean => {
  let ahead = 1;
  while (cursor.atIdentifier(ahead) || cursor.peek(ahead).text === ',') ahead += 1;
  return cursor.peek(ahead).text === ')' && cursor.peek(ahead + 1).text === '->';
};

const lambda = (cursor: Cursor): ExpressionKind => {
  cursor.expect('(');
  const parameters = cursor.at(')') ? [] : cursor.list(() => cursor.identifier());
  cursor.expect(')', '->');
  return { kind: 'lambda', parameters, body: cursor.grammar.expression(cursor) };
};

const parseCase = (cursor: Cursor): ExpressionKind => {
  const operand = cursor.at('WHEN') ? undefined : cursor.grammar.expression(cursor);
  const whens = [];
  do {
    cursor.expect('WHEN');
    const when = cursor.grammar.expression(cursor);
    cursor.expect('THEN');
    whens.push({ when, result: cursor.grammar.expression(cursor) });
  } while (cursor.at('WHEN'));
  const otherwise = cursor.accept('ELSE') ? cursor.grammar.expression(cursor) : undefined;
  cursor.expect('END');
  return { kind: 'case', whens, ...(operand && { operand }), ...(otherwise && { otherwise }) };
};

const parseCast = (cursor: Cursor): ExpressionKind => {
  const safe = cursor.take().text === 'TRY_CAST';
  return cursor.parenthesized(() => {
    const value = cursor.grammar.expression(cursor);
    cursor.expect('AS');
    return { kind: 'cast', value, type: parseType(cursor), safe };
  });
};

const position = (cursor: Cursor, inner: Inner): ExpressionKind => {
  cursor.take();
  return cursor.parenthesized(() => {
    const needle = inner.value(cursor);
    cursor.expect('IN');
    return { kind: 'call', name: 'strpos', args: [inner.value(cursor), needle] } satisfies Call;
  });
};

const CALLABLE_KEYWORDS = new Set(['GROUPING', 'LISTAGG', 'IF', 'NORMALIZE']);

const nameOrCall = (cursor: Cursor): ExpressionKind => {
  const token = cursor.peek();
  const keywordCall = CALLABLE_KEYWORDS.has(token.text) && cursor.peek(1).text === '(';
  if (
    !keywordCall &&
    token.text.startsWith('JSON_') &&
    cursor.peek(1).text === '(' &&
    !cursor.atIdentifier()
  ) {
    throw notTranslated(`function ${token.value.toLowerCase()}`, token);
  }
  if (!keywordCall && !cursor.atIdentifier()) throw cursor.mismatch('<expression>');
  if (cursor.peek(1).text === '->') return shortLambda(cursor);
  const text = cursor.take().value;
  if (cursor.at('(')) return parseCall(cursor, text.toLowerCase());
  return { kind: 'name', name: text.toLowerCase(), text };
};

const shortLambda = (cursor: Cursor): ExpressionKind => {
  const parameters = [cursor.identifier()];
  cursor.expect('->');
  return { kind: 'lambda', parameters, body: cursor.grammar.expression(cursor) };
};
