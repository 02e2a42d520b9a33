import type { Entity } from '../../schema/entity.ts';
import type { Field } from '../../schema/field-type.ts';
import type { Column } from '../columns.ts';
import { keyColumns } from '../curated/merge.ts';
import { lakeFields } from '../lake-fields.ts';
import { list, qualified, quoted } from '../sql.ts';
import { viewColumns } from './columns.ts';
import type { LakePlace } from './tail.ts';

/** A view with a row for each element of a list field. */
export interface Elements {
  readonly view: string;
  readonly members: readonly Field[];
  /** The question for the elements, of the records of some relation. */
  readonly select: (relation: string) => string;
}

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

const select = (entity: Entity, field: Field, members: readonly Field[], relation: string): string => {
  const owner = keyColumns(entity).map(
    (column) => `o.${quoted(column)} AS ${quoted(ownerColumn(entity, column))}`,
  );
  const shown = viewColumns(members).map(
    ({ name, source, from }) => `${from(`e.${quoted(source)}`)} AS ${quoted(name)}`,
  );
  const unnested = list([...members.map(({ column }) => column), NUMBER.name]);
  return [
    `SELECT ${[...owner, `e.${quoted(NUMBER.name)}`, ...shown].join(', ')}`,
    `FROM ${relation} AS o`,
    `CROSS JOIN UNNEST(o.${quoted(field.column)}) WITH ORDINALITY AS e (${unnested})`,
  ].join('\n');
};

/** The views that a schema's `unnest` asks for. */
export const elementsFrom = (entity: Entity): Elements[] =>
  Object.entries(entity.unnest).flatMap(([name, view]) => {
    const field = entity.fields.find((candidate) => candidate.name === name);
    if (field?.type.type !== 'array' || field.type.items.type !== 'object') return [];
    const members = lakeFields(field.type.items.fields);
    return [{ view, members, select: (relation) => select(entity, field, members, relation) }];
  });

/**
 * The statements that make the views of elements, and what their columns mean.
 *
 * @example
 * elementViews(order, { database: 'tailrace_dev', bucket: 'lake' })[0]?.name // order_lines
 */
export const elementViews = (entity: Entity, { database }: LakePlace) =>
  elementsFrom(entity).map((elements) => ({
    name: elements.view,
    sql: [
      `CREATE OR REPLACE VIEW ${qualified(database, elements.view)} AS`,
      elements.select(qualified(database, entity.plural)),
    ].join('\n'),
    columns: elementColumns(entity, elements.members),
  }));
