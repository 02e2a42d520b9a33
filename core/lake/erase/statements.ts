import type { Entity } from '../../schema/entity.ts';
import type { Field, FieldType } from '../../schema/field-type.ts';
import { hasPolicy } from '../../schema/personal.ts';
import { keyColumns } from '../curated/merge.ts';
import { SNAPSHOT_SECONDS } from '../curated/ddl.ts';
import { curatedTables, currentTable, versionsTable, type CuratedTable } from '../curated/tables.ts';
import { instant, literal, qualified, quoted, ticked } from '../sql.ts';

type Owned = Pick<Entity, 'fields' | 'subject' | 'key'>;

const isInLake = ({ personal }: Field): boolean => personal?.lake !== 'drop';

/** Columns of an entity that are personal as a whole and can be NULL: a key cannot. */
export const clearedColumns = ({ fields, key }: Owned): string[] =>
  fields
    .filter((field) => field.personal && isInLake(field) && !key.includes(field.name))
    .map(({ column }) => column);

/** Columns of an entity that hold parts which are personal, or a key that is. Their sealed parts are tokens that nothing opens. */
export const keptColumns = ({ fields, key }: Owned): string[] =>
  fields
    .filter((field) =>
      field.personal ? key.includes(field.name) : hasPolicy(field, ({ lake }) => lake !== 'drop'),
    )
    .map(({ column }) => column);

const subjectColumn = ({ fields, subject }: Owned): string =>
  fields.find(({ name }) => name === subject)?.column ?? '';

const setProperties = (database: string, { name }: CuratedTable, values: Record<string, number>): string =>
  `ALTER TABLE ${ticked(database)}.${ticked(name)} SET TBLPROPERTIES (${Object.entries(values)
    .map(([property, value]) => `'${property}'='${value}'`)
    .join(', ')})`;

/** Athena's own values, for tables that say nothing. */
const REWRITE_FROM = { optimize_rewrite_delete_file_threshold: 2 };

/** What clears the columns of a person, and what removes the rows as they were; between them the clock goes on by two seconds. */
export interface EraseStatements {
  readonly rewrite: readonly string[];
  readonly expire: readonly string[];
}

const rewriteIn = (
  database: string,
  table: CuratedTable,
  columns: readonly string[],
  whose: string,
): string[] => [
  `UPDATE ${qualified(database, table.name)} SET ${columns.map((column) => `${quoted(column)} = NULL`).join(', ')} ` +
    `WHERE ${whose} AND (${columns.map((column) => `${quoted(column)} IS NOT NULL`).join(' OR ')})`,
  setProperties(database, table, {
    optimize_rewrite_delete_file_threshold: 1,
    vacuum_max_snapshot_age_seconds: 1,
  }),
  `OPTIMIZE ${qualified(database, table.name)} REWRITE DATA USING BIN_PACK`,
];

const expireIn = (database: string, table: CuratedTable): string[] => [
  `VACUUM ${ticked(database)}.${ticked(table.name)}`,
  setProperties(database, table, { ...REWRITE_FROM, vacuum_max_snapshot_age_seconds: SNAPSHOT_SECONDS }),
];

/**
 * The statements that make the personal columns of one subject NULL in the curated tables of an entity, in every snapshot.
 * UPDATE leaves the rows as they were in files that a delete file points into, and in snapshots. So files with as much as one
 * delete file are rewritten, and every snapshot that is older than a second is removed, with the files that only it needs.
 * Done again they change nothing.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-data-optimization.html
 *
 * @example
 * eraseStatements(customer, 'tailrace_dev', 'c1').rewrite[0] // UPDATE "tailrace_dev"."customers_current" SET "email" = NULL …
 */
export const eraseStatements = (entity: Entity, database: string, subject: string): EraseStatements => {
  const columns = clearedColumns(entity);
  if (columns.length === 0) return { rewrite: [], expire: [] };
  const whose = `${quoted(subjectColumn(entity))} = ${literal(subject)}`;
  return {
    rewrite: curatedTables(entity).flatMap((table) => rewriteIn(database, table, columns, whose)),
    expire: curatedTables(entity).flatMap((table) => expireIn(database, table)),
  };
};

/** A record that was changed, and the change that has to arrive. */
export interface Awaited {
  readonly key: Readonly<Record<string, string | number>>;
  readonly did: 'deleted' | 'anonymised';
  /** The version the change made, or the last one of what was deleted. */
  readonly version: number;
}

const keyLiteral = (type: FieldType['type'], value: string | number): string => {
  if (type === 'integer') return String(value);
  if (type === 'timestamp') return instant(String(value));
  if (type === 'date') return `DATE ${literal(String(value))}`;
  return type === 'decimal' ? `DECIMAL ${literal(String(value))}` : literal(String(value));
};

const isOf = ({ fields }: Owned, { key, did, version }: Awaited): string => {
  const parts = fields.flatMap(({ name, column, type }) =>
    key[name] === undefined ? [] : [`v.${quoted(column)} = ${keyLiteral(type.type, key[name])}`],
  );
  const operation = did === 'deleted' ? [`v."change_operation" = 'remove'`] : [];
  return [...parts, ...operation, `v."change_version" >= ${version}`].join(' AND ');
};

/**
 * The question which of some changes are merged into both curated tables: it answers their positions. `since` is an instant
 * before the first of them.
 */
export const mergedQuestion = (
  entity: Entity,
  database: string,
  { awaited, since }: { readonly awaited: readonly Awaited[]; readonly since: string },
): string => {
  const same = keyColumns(entity).map((column) => `c.${quoted(column)} = v.${quoted(column)}`);
  return [
    'SELECT DISTINCT "position" FROM (SELECT CASE',
    ...awaited.map((one, position) => `  WHEN ${isOf(entity, one)} THEN ${position}`),
    'END AS "position"',
    `FROM ${qualified(database, versionsTable(entity).name)} AS v`,
    `JOIN ${qualified(database, currentTable(entity).name)} AS c ON ${same.join(' AND ')}`,
    `WHERE v."change_time" >= ${instant(since)}`,
    'AND (c."change_sequence" > v."change_sequence" OR',
    '  (c."change_sequence" = v."change_sequence" AND c."change_version" >= v."change_version")))',
    'WHERE "position" IS NOT NULL',
  ].join('\n');
};
