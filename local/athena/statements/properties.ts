import type { Expression } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError, type Position } from '../sql/error.ts';

/** A value of `WITH (name = value, …)`. */
export type Property = string | number | boolean | readonly string[];

/** The properties a statement gives; a name counts as it is written. */
export interface Properties {
  readonly names: readonly string[];
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  boolean(name: string): boolean | undefined;
  list(name: string): readonly string[] | undefined;
}

/** Reads `WITH (format = 'PARQUET', partitioned_by = ARRAY['dt'])`, or nothing where it is not there. */
export const parseProperties = (cursor: Cursor): Properties => {
  if (!cursor.at('WITH', '(')) return propertiesOf(new Map());
  cursor.expect('WITH');
  const given = cursor.parenthesized(() => cursor.list(() => property(cursor)));
  return propertiesOf(new Map(given.map(({ name, ...rest }) => [name, rest])));
};

interface Given {
  readonly value: Property;
  readonly at: Position;
}

const property = (cursor: Cursor): Given & { name: string } => {
  const at = cursor.peek();
  const name = cursor.identifierAsWritten();
  cursor.expect('=');
  const value = constant(cursor.grammar.expression(cursor));
  if (value === undefined) throw invalid(name, 'a literal', at);
  return { name, value, at };
};

const constant = (value: Expression): Property | undefined => {
  if (value.kind === 'string' || value.kind === 'boolean') return value.value;
  if (value.kind === 'number') return Number(value.value);
  if (value.kind !== 'array') return undefined;
  const items = value.items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
  return items.length === value.items.length ? items : undefined;
};

const invalid = (name: string, what: string, at: Position) =>
  new SqlError('INVALID_TABLE_PROPERTY', `The property ${name} is not ${what}`, at);

const propertiesOf = (given: ReadonlyMap<string, Given>): Properties => {
  const of =
    <T extends Property>(is: (value: Property) => value is T, what: string) =>
    (name: string): T | undefined => {
      const found = given.get(name);
      if (!found || is(found.value)) return found?.value as T | undefined;
      throw invalid(name, what, found.at);
    };
  return {
    names: [...given.keys()],
    text: of((value) => typeof value === 'string', 'a text'),
    number: of((value) => typeof value === 'number', 'a number'),
    boolean: of((value) => typeof value === 'boolean', 'a boolean'),
    list: of((value): value is readonly string[] => Array.isArray(value), 'an array of texts'),
  };
};
