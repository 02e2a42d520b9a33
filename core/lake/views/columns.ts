import type { Entity } from '../../schema/entity.ts';
import type { Field } from '../../schema/field-type.ts';
import { moneyColumnNames } from '../../schema/names.ts';
import { ACTOR, columnComment, shortened, type Column } from '../columns.ts';
import { columnType } from '../column-type.ts';
import { lakeFields } from '../lake-fields.ts';
import { quoted } from '../sql.ts';

/** A column of a view: what analysts see of a field. */
export interface ViewColumn extends Column {
  /** The value, given the SQL of the field's own column. */
  readonly from: (column: string) => string;
  /** The column of the log and of the curated tables it comes from. */
  readonly source: string;
}

const same = (sql: string): string => sql;

/** A description with more said, in the length a comment may have. */
const said = (field: Field, more: string): string => {
  const comment = columnComment(field);
  return comment === ''
    ? `${more.slice(0, 1).toUpperCase()}${more.slice(1)}`
    : shortened(`${comment}, ${more}`);
};

const moneyColumns = (field: Field): ViewColumn[] => {
  const { amount, currency } = moneyColumnNames(field.column);
  return [
    {
      name: amount,
      type: 'bigint',
      comment: said(field, 'in whole minor units such as cents'),
      source: field.column,
      from: (sql) => `${sql}."amount"`,
    },
    {
      name: currency,
      type: 'string',
      comment: said(field, 'ISO 4217 code'),
      source: field.column,
      from: (sql) => `${sql}."currency"`,
    },
  ];
};

const plainColumn = (field: Field): ViewColumn => ({
  name: field.column,
  type: columnType(field.type),
  comment: columnComment(field),
  source: field.column,
  from: same,
});

/** The view columns of some fields: money as two plain columns, all else as the lake has it. */
export const viewColumns = (fields: readonly Field[]): ViewColumn[] =>
  lakeFields(fields).flatMap((field) =>
    field.type.type === 'money' ? moneyColumns(field) : [plainColumn(field)],
  );

/** The columns of an entity's view of current state. */
export const currentColumns = (entity: Entity): ViewColumn[] => viewColumns(entity.fields);

const named = (name: string, type: string, comment: string): Column => ({ name, type, comment });

/** What the history of an entity says besides its fields. */
export const HISTORY_COLUMNS: readonly Column[] = [
  named(
    'change_operation',
    'string',
    'insert, modify or remove; snapshot for what a backfill or a repair saw',
  ),
  named('change_version', 'bigint', 'Version of the record after the change'),
  named('change_time', 'timestamp', 'When the table took the change, floored to the second'),
  named('change_expired', 'boolean', 'True when time to live removed the record, not a person'),
  named('change_actor', 'string', ACTOR),
  named('change_schema_version', 'bigint', 'Version of the schema the row was written under'),
  named('change_sequence', 'string', 'Orders the changes of a record'),
];

/** What the interval of a version is called: an entity may have fields of the plain names itself. */
export const validityNames = (entity: Entity): { from: string; to: string } => {
  const taken = new Set(currentColumns(entity).map(({ name }) => name));
  const own = (name: string): string => (taken.has(name) ? `change_${name}` : name);
  return { from: own('valid_from'), to: own('valid_to') };
};

const validityColumns = (entity: Entity): Column[] => {
  const { from, to } = validityNames(entity);
  return [
    named(from, 'timestamp', 'From when the record was so, this instant included'),
    named(to, 'timestamp', 'Until when it was so, this instant excluded; the year 9999 if it still is'),
  ];
};

/** The columns of an entity's history. */
export const historyColumns = (entity: Entity): Column[] => [
  ...currentColumns(entity),
  ...validityColumns(entity),
  ...HISTORY_COLUMNS,
];

/** The SQL of a column of a curated table, in the precision of the log: Athena unites no two precisions. */
export const ofCurated = ({ name, type }: Column): string =>
  type === 'timestamp' ? `CAST(${quoted(name)} AS timestamp(3)) AS ${quoted(name)}` : quoted(name);
