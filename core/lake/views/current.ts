import type { Entity } from '../../schema/entity.ts';
import { changeColumns } from '../columns.ts';
import { keyColumns } from '../curated/merge.ts';
import { currentTable } from '../curated/tables.ts';
import { list, qualified, quoted } from '../sql.ts';
import { currentColumns, ofCurated, type ViewColumn } from './columns.ts';
import { tailOf, type LakePlace, type Tail } from './tail.ts';

/** No field begins with `change`, so no column of an entity is called so. */
const tailName = (column: string): string => quoted(`change_tail_${column}`);

/** The newest change of each key in the tail of the log. A change delivered twice counts once. */
const latestOfTail = (entity: Entity, place: LakePlace, tail: Tail): string[] => {
  const columns = changeColumns(entity).map(({ name }) => name);
  return [
    `  SELECT ${columns.map((name) => `${quoted(name)} AS ${tailName(name)}`).join(', ')} FROM (`,
    `    SELECT ${list(columns)}, row_number() OVER (`,
    `      PARTITION BY ${list(keyColumns(entity))} ORDER BY "change_sequence" DESC, "change_version" DESC) AS "change_rank"`,
    `    ${tailOf(entity, place, tail)})`,
    '  WHERE "change_rank" = 1',
  ];
};

/** Whether the tail has the newer change of a key; null, which is no, for a key the tail has not. */
const IS_TAIL = [
  '"change_sequence" IS NULL',
  `${tailName('change_sequence')} > "change_sequence"`,
  `(${tailName('change_sequence')} = "change_sequence" AND ${tailName('change_version')} > "change_version")`,
].join(' OR ');

const either = ({ name, source, from }: Pick<ViewColumn, 'name' | 'source' | 'from'>): string =>
  `IF("change_is_tail", ${from(tailName(source))}, ${from(quoted(source))}) AS ${quoted(name)}`;

const OPERATION = { name: 'change_operation', source: 'change_operation', from: (sql: string) => sql };

/**
 * The question for current state as far as it is merged, of the curated table alone. Nothing changes it while nobody refreshes.
 *
 * @example
 * mergedSelect(order, 'tailrace_dev') // SELECT "id" AS "id", … FROM "tailrace_dev"."orders_current" …
 */
export const mergedSelect = (entity: Entity, database: string): string => {
  const shown = currentColumns(entity).map(
    ({ name, source, from }) => `${from(quoted(source))} AS ${quoted(name)}`,
  );
  return [
    `SELECT ${shown.join(', ')}`,
    `FROM (SELECT ${changeColumns(entity).map(ofCurated).join(', ')} FROM ${qualified(database, currentTable(entity).name)})`,
    `WHERE "change_operation" <> 'remove'`,
  ].join('\n');
};

/**
 * The statement that makes an entity's current-state view: the curated table and what the log has since, the newest change
 * of each key, deletes gone. It is exact whatever of the tail is merged already: the order of changes decides, not where
 * they lie.
 *
 * @example
 * currentView(order, { database: 'tailrace_dev', bucket: 'lake' }, { day: '2026-11-25', merged: [] })
 * // CREATE OR REPLACE VIEW "tailrace_dev"."orders" AS …
 */
export const currentView = (entity: Entity, place: LakePlace, tail: Tail): string => {
  const columns = currentColumns(entity);
  const on = keyColumns(entity).map((column) => `${quoted(column)} = ${tailName(column)}`);
  return [
    `CREATE OR REPLACE VIEW ${qualified(place.database, entity.plural)} AS`,
    'WITH "merged" AS (',
    `  SELECT ${changeColumns(entity).map(ofCurated).join(', ')}`,
    `  FROM ${qualified(place.database, currentTable(entity).name)}`,
    '), "tail" AS (',
    ...latestOfTail(entity, place, tail),
    '), "both" AS (',
    `  SELECT *, ${IS_TAIL} AS "change_is_tail" FROM "merged" FULL OUTER JOIN "tail" ON ${on.join(' AND ')}`,
    '), "newest" AS (',
    `  SELECT ${[...columns, OPERATION].map(either).join(', ')} FROM "both"`,
    ')',
    `SELECT ${list(columns.map(({ name }) => name))} FROM "newest" WHERE "change_operation" <> 'remove'`,
  ].join('\n');
};
