import type { Bound, Call, Expression, ExpressionKind, Frame, SortItem, Window } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { notTranslated } from './error.ts';

/** Reads a call's parentheses and what may follow them: FILTER, IGNORE NULLS, OVER. */
export const parseCall = (cursor: Cursor, name: string): Call => {
  cursor.expect('(');
  const call: Call = { kind: 'call', name, args: [] };
  if (cursor.accept('*')) call.star = true;
  else readArguments(cursor, call);
  cursor.expect(')');
  return readClauses(cursor, call);
};

const readArguments = (cursor: Cursor, call: Call) => {
  if (cursor.accept('DISTINCT')) call.distinct = true;
  else cursor.accept('ALL');
  if (!cursor.at(')') && !cursor.at('ORDER', 'BY'))
    call.args = cursor.list(() => cursor.grammar.expression(cursor));
  if (call.name === 'listagg' && cursor.at('ON')) throw notTranslated('LISTAGG … ON OVERFLOW', cursor.peek());
  if (cursor.at('ORDER', 'BY')) call.orderBy = parseOrderBy(cursor);
};

const readClauses = (cursor: Cursor, call: Call): Call => {
  if (cursor.accept('WITHIN', 'GROUP')) {
    call.withinGroup = cursor.parenthesized(() => parseOrderBy(cursor));
  }
  if (cursor.at('FILTER', '(')) {
    cursor.take();
    call.filter = cursor.parenthesized(() => {
      cursor.expect('WHERE');
      return cursor.grammar.expression(cursor);
    });
  }
  if (cursor.accept('IGNORE', 'NULLS')) call.ignoreNulls = true;
  else cursor.accept('RESPECT', 'NULLS');
  if (cursor.accept('OVER')) call.over = cursor.at('(') ? parseWindow(cursor) : named(cursor);
  return call;
};

const named = (cursor: Cursor): Window => ({ name: cursor.identifier(), partitionBy: [], orderBy: [] });

/** Reads `ORDER BY …` if it comes next; nulls sort last in either direction unless said otherwise. */
export const parseOrderBy = (cursor: Cursor): SortItem[] => {
  if (!cursor.accept('ORDER', 'BY')) return [];
  return cursor.list(() => {
    const value = cursor.grammar.expression(cursor);
    const descending = cursor.accept('DESC');
    if (!descending) cursor.accept('ASC');
    const nullsFirst = cursor.accept('NULLS', 'FIRST');
    if (!nullsFirst) cursor.accept('NULLS', 'LAST');
    return { value, descending, nullsFirst };
  });
};

/** Reads a window in parentheses. */
export const parseWindow = (cursor: Cursor): Window =>
  cursor.parenthesized(() => {
    const partition = cursor.accept('PARTITION', 'BY');
    const partitionBy = partition ? cursor.list(() => cursor.grammar.expression(cursor)) : [];
    const orderBy = parseOrderBy(cursor);
    const frame = parseFrame(cursor);
    return { partitionBy, orderBy, ...(frame && { frame }) };
  });

const parseFrame = (cursor: Cursor): Frame | undefined => {
  const unit = (['ROWS', 'RANGE', 'GROUPS'] as const).find((word) => cursor.accept(word));
  if (!unit) return undefined;
  if (!cursor.accept('BETWEEN')) return { unit, start: parseBound(cursor) };
  const start = parseBound(cursor);
  cursor.expect('AND');
  return { unit, start, end: parseBound(cursor) };
};

const parseBound = (cursor: Cursor): Bound => {
  for (const words of [
    ['UNBOUNDED', 'PRECEDING'],
    ['UNBOUNDED', 'FOLLOWING'],
    ['CURRENT', 'ROW'],
  ]) {
    if (cursor.accept(...words)) return { text: words.join(' ') };
  }
  const offset = cursor.grammar.expression(cursor);
  if (cursor.accept('PRECEDING')) return { text: 'PRECEDING', offset };
  cursor.expect('FOLLOWING');
  return { text: 'FOLLOWING', offset };
};

type Special = (cursor: Cursor) => ExpressionKind;

const call = (name: string, args: Expression[]): Call => ({ kind: 'call', name, args });

const trim: Special = (cursor) =>
  cursor.parenthesized(() => {
    const side = ['LEADING', 'TRAILING', 'BOTH'].find((word) => cursor.accept(word)) ?? 'BOTH';
    const name = { LEADING: 'ltrim', TRAILING: 'rtrim', BOTH: 'trim' }[side] ?? 'trim';
    if (cursor.accept('FROM')) return call(name, [cursor.grammar.expression(cursor)]);
    const first = cursor.grammar.expression(cursor);
    if (cursor.accept('FROM')) return call(name, [cursor.grammar.expression(cursor), first]);
    return call(name, cursor.accept(',') ? [first, cursor.grammar.expression(cursor)] : [first]);
  });

const substring: Special = (cursor) =>
  cursor.parenthesized(() => {
    const args = cursor.list(() => cursor.grammar.expression(cursor));
    if (cursor.accept('FROM')) args.push(cursor.grammar.expression(cursor));
    if (cursor.accept('FOR')) args.push(cursor.grammar.expression(cursor));
    return call('substr', args);
  });

const extract: Special = (cursor) =>
  cursor.parenthesized(() => {
    const field = cursor.identifier();
    cursor.expect('FROM');
    return { kind: 'extract', field, value: cursor.grammar.expression(cursor) };
  });

/** Calls whose parentheses do not hold a plain list of arguments. `POSITION` needs the value grammar and lives with it. */
export const SPECIAL_CALLS: Readonly<Record<string, Special>> = {
  TRIM: trim,
  SUBSTRING: substring,
  EXTRACT: extract,
};
