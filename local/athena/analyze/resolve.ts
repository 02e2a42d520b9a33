import type { Expression } from '../sql/ast.ts';
import { SqlError, type Position } from '../sql/error.ts';
import { fieldKey, quoteName, typeName, VARCHAR } from '../sql/types.ts';
import type { Column, Scope, Typed } from './scope.ts';

/** The value of a name, or of `relation.column.field…`: the longest part that is a column, then row fields. */
export const resolve = (value: Expression, scope: Scope): Typed | undefined => {
  const parts = chain(value);
  if (!parts) return undefined;
  for (let taken = parts.length; taken > 0; taken -= 1) {
    const column = lookUp(parts.slice(0, taken), scope, value.at);
    if (column)
      return parts.slice(taken).reduce((typed: Typed, name) => field(typed, name, value.at), column);
  }
  throw notResolved(parts, value.at);
};

/** The names of `a.b.c`, or nothing when the base is not a name. */
export const chain = (value: Expression): string[] | undefined => {
  if (value.kind === 'name') return [value.name];
  if (value.kind !== 'member') return undefined;
  const base = chain(value.base);
  return base && [...base, value.field];
};

const lookUp = (parts: readonly string[], scope: Scope, at: Position): Typed | undefined => {
  for (let level: Scope | undefined = scope; level; level = level.parent) {
    const found = namedBy(parts, level);
    if (found.length > 1)
      throw new SqlError('AMBIGUOUS_NAME', `Column '${parts.join('.')}' is ambiguous`, at);
    if (found[0]) return noticed(found[0]);
  }
  return undefined;
};

/** A hidden column that is named has to be made. */
const noticed = (column: Column): Column => {
  if (column.hidden && column.name !== undefined) column.hidden.hidden.add(column.name);
  return column;
};

const namedBy = (parts: readonly string[], scope: Scope) =>
  scope.columns.filter((column) => isNamed(column, parts));

/** The one column of this scope itself that the parts name. */
export const findColumn = (parts: readonly string[], scope: Scope): Column | undefined =>
  namedBy(parts, scope)[0];

const isNamed = (column: Column, parts: readonly string[]): boolean => {
  const [name, relation, database, catalog] = parts.toReversed();
  return (
    column.name === name &&
    (relation === undefined || column.relation === relation) &&
    (database === undefined || column.database === database) &&
    (catalog === undefined || catalog === 'awsdatacatalog')
  );
};

const notResolved = (parts: readonly string[], at: Position) =>
  new SqlError(
    'COLUMN_NOT_FOUND',
    `Column '${parts.join('.')}' cannot be resolved or requester is not authorized to access requested resources`,
    at,
  );

/** A field of a row, by name without case. */
export const field = (base: Typed, name: string, at: Position): Typed => {
  if (base.type.k !== 'row') {
    throw new SqlError(
      'TYPE_MISMATCH',
      `Expression of type ${typeName(base.type)} has no field '${name}'`,
      at,
    );
  }
  const index = base.type.fields.findIndex((candidate) => candidate.name === name);
  const found = base.type.fields[index];
  if (!found) throw new SqlError('COLUMN_NOT_FOUND', `Column '${name}' cannot be resolved`, at);
  return { sql: `(${base.sql}).${quoteName(fieldKey(found, index))}`, type: found.type };
};

/** The columns `*` or `relation.*` stands for. */
export const expandAll = (
  scope: Scope,
  relation: readonly string[] | undefined,
  at: Position,
): readonly Column[] => {
  const shown = scope.columns.filter((column) => !column.hidden);
  if (!relation) return shown;
  const found = shown.filter((column) => isNamed({ ...column, name: '*' }, [...relation, '*']));
  if (found.length === 0) {
    throw new SqlError('TABLE_NOT_FOUND', `Unable to resolve reference ${relation.join('.')}`, at);
  }
  return found;
};

/** A scope in which a lambda's parameters come first. */
export const lambdaScope = (scope: Scope, columns: readonly Column[]): Scope => ({
  columns,
  parent: scope,
  names: scope.names,
});

/** A string known before the query runs. */
export const constantText = (value: Typed, what: string, at: Position): string => {
  if (value.text !== undefined) return value.text;
  throw new SqlError('NOT_SUPPORTED', `The local cloud needs ${what} as a literal`, at);
};

/** A string literal. */
export const textLiteral = (text: string): Typed => ({
  sql: `'${text.replaceAll("'", "''")}'`,
  type: { ...VARCHAR, n: Array.from(text).length } as Typed['type'],
  text,
});
