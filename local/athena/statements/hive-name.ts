import type { QualifiedName } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';

/** Reads a name in a statement of Hive's: quoted with backticks, `database.table` in one pair of them too. */
export const parseHiveName = (cursor: Cursor): QualifiedName => {
  const at = cursor.peek();
  const parts = [...part(cursor)];
  while (cursor.accept('.')) parts.push(...part(cursor));
  return { parts, at };
};

const part = (cursor: Cursor): string[] => {
  if (cursor.peek().kind === 'quoted') throw cursor.mismatch('<identifier> in backticks');
  return cursor.identifier().split('.');
};
