import type { Entity } from '../../schema/entity.ts';
import type { Field } from '../../schema/field-type.ts';
import type { Column } from '../columns.ts';
import { keyColumns } from '../curated/merge.ts';
import { list, qualified, quoted } from '../sql.ts';
import { viewColumns } from './columns.ts';
import type { LakePlace } from './tail.ts';

/** A view with a row for each element of a list field. */
interface Elements {
  readonly view: string;
  readonly field: Field;
  readonly members: readonly Field[];
}

const elementsOf = (entity: Entity): Elements[] =>
  Object.entries(entity.unnest).flatMap(([name, view]) => {
    const field = entity.fields.find((candidate) => candidate.name === name);
    if (field?.type.type !== 'array' || field.type.items.type !== 'object') return [];
    return [{ view, field, members: field.type.items.fields }];
  });

/** The number of an element in its list. */
const NUMBER = { name: 'element_number', type: 'bigint', comment: 'Place in the list, from 1' };

const ownerColumn = (entity: Entity, column: string): string => `${entity.name}_${column}`;

const ownerColumns = (entity: Entity): Column[] =>
  keyColumns(entity).map((column) => ({
    name: ownerColumn(entity, column),
    type:
      entity.fields.find((field) => field.column === column)?.type.type === 'integer' ? 'bigint' : 'string',
    comment: `The ${entity.name} it is of`,
  }));

/** What a view of elements shows. */
export const elementColumns = (entity: Entity, members: readonly Field[]): Column[] => [
  ...ownerColumns(entity),
  NUMBER,
  ...viewColumns(members),
];

const statement = (entity: Entity, { database }: LakePlace, { view, field, members }: Elements): string => {
  const owner = keyColumns(entity).map(
    (column) => `o.${quoted(column)} AS ${quoted(ownerColumn(entity, column))}`,
  );
  const shown = viewColumns(members).map(
    ({ name, source, from }) => `${from(`e.${quoted(source)}`)} AS ${quoted(name)}`,
  );
  const unnested = list([...members.map(({ column }) => column), NUMBER.name]);
  return [
    `CREATE OR REPLACE VIEW ${qualified(database, view)} AS`,
    `SELECT ${[...owner, `e.${quoted(NUMBER.name)}`, ...shown].join(', ')}`,
    `FROM ${qualified(database, entity.plural)} AS o`,
    `CROSS JOIN UNNEST(o.${quoted(field.column)}) WITH ORDINALITY AS e (${unnested})`,
  ].join('\n');
};

/**
 * The views that a schema's `unnest` asks for: name, statement and columns of each.
 *
 * @example
 * elementViews(order, { database: 'tailrace_dev', bucket: 'lake' })[0]?.name // order_lines
 */
export const elementViews = (entity: Entity, place: LakePlace) =>
  elementsOf(entity).map((elements) => ({
    name: elements.view,
    sql: statement(entity, place, elements),
    columns: elementColumns(entity, elements.members),
  }));
