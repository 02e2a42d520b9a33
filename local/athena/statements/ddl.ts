import type { ColumnDefinition } from '../iceberg/evolve.ts';
import type { Cursor } from '../sql/cursor.ts';
import { parseType } from '../sql/parse-type.ts';

/** A name as Hive's DDL writes it, plain or in backticks: double quotes there are strings. */
export const hiveIdentifier = (cursor: Cursor): string => {
  if (cursor.peek().kind === 'quoted') throw cursor.mismatch('<identifier>');
  return cursor.identifier();
};

/** A string in single quotes, or in double ones as Hive allows too. */
export const hiveString = (cursor: Cursor): string => {
  const { kind } = cursor.peek();
  if (kind !== 'string' && kind !== 'quoted') throw cursor.mismatch('<string>');
  return cursor.take().value;
};

/** `name type [COMMENT '…']`. */
export const parseColumn = (cursor: Cursor): ColumnDefinition => {
  const { line, column } = cursor.peek();
  const name = hiveIdentifier(cursor);
  const type = parseType(cursor);
  const comment = cursor.accept('COMMENT') ? hiveString(cursor) : undefined;
  return { name, type, at: { line, column }, ...(comment !== undefined && { comment }) };
};

/** `(name type, …)`. */
export const parseColumns = (cursor: Cursor): ColumnDefinition[] =>
  cursor.parenthesized(() => cursor.list(() => parseColumn(cursor)));

/** `('key' = 'value', …)`. */
export const parseProperties = (cursor: Cursor): Record<string, string> =>
  Object.fromEntries(
    cursor.parenthesized(() =>
      cursor.list((): [string, string] => {
        const key = hiveString(cursor);
        cursor.expect('=');
        return [key, hiveString(cursor)];
      }),
    ),
  );
