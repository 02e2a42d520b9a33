import type { Entity } from '../../schema/entity.ts';
import { changeColumns } from '../columns.ts';
import { keyColumns } from '../curated/merge.ts';
import { versionsTable } from '../curated/tables.ts';
import { SYNTHETIC } from '../change-head.ts';
import { list, literal, qualified, quoted } from '../sql.ts';
import { currentColumns, HISTORY_COLUMNS, ofCurated, validityNames } from './columns.ts';
import { tailOf, type LakePlace, type Tail } from './tail.ts';

/** The name of an entity's history. */
export const historyName = (entity: Entity): string => `${entity.plural}_history`;

/** What holds now holds until then. */
export const END_OF_TIME = "TIMESTAMP '9999-12-31 00:00:00.000'";

/**
 * From when a version holds. A record says to the millisecond when it changed; of a removal only the stream tells, to the
 * second. No version begins before the one it follows, whatever the clocks said.
 */
const validFrom = (window: string): string =>
  `max(IF("change_operation" = 'remove', "change_time", "updated_at")) OVER (${window} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;

/** Rows that did not come from the stream. */
const IS_SYNTHETIC = `starts_with("change_event_id", ${literal(SYNTHETIC)})`;

/**
 * The question for every version of an entity's records with the time it held, of the versions that are merged and, where a tail is
 * given, of what the log has since. What a backfill or a repair says of a version counts only while the stream has not.
 *
 * @example
 * historySelect(order, { database: 'tailrace_dev', bucket: 'lake' }) // WITH "changes" AS (…) SELECT …
 */
export const historySelect = (entity: Entity, place: LakePlace, tail?: Tail): string => {
  const columns = changeColumns(entity);
  const { from, to } = validityNames(entity);
  const window = `PARTITION BY ${list(keyColumns(entity))} ORDER BY "change_sequence", "change_version"`;
  const shown = [
    ...currentColumns(entity).map(
      (column) => `${column.from(quoted(column.source))} AS ${quoted(column.name)}`,
    ),
    `"change_valid_from" AS ${quoted(from)}`,
    `"change_valid_to" AS ${quoted(to)}`,
    ...HISTORY_COLUMNS.map(({ name }) => quoted(name)),
  ];
  const inLog = tail && [
    '  UNION ALL',
    `  SELECT ${list(columns.map(({ name }) => name))} ${tailOf(entity, place, tail)}`,
  ];
  return [
    'WITH "changes" AS (',
    `  SELECT ${columns.map(ofCurated).join(', ')} FROM ${qualified(place.database, versionsTable(entity).name)}`,
    ...(inLog ?? []),
    '), "once" AS (',
    `  SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY ${list(keyColumns(entity))}, "change_sequence", "change_version"`,
    '    ORDER BY "change_event_id") AS "change_rank" FROM "changes") WHERE "change_rank" = 1',
    '), "told" AS (',
    `  SELECT *, count_if(NOT ${IS_SYNTHETIC}) OVER (PARTITION BY ${list(keyColumns(entity))}, "change_version") AS "change_live" FROM "once"`,
    '), "timed" AS (',
    `  SELECT *, ${validFrom(window)} AS "change_valid_from" FROM "told" WHERE "change_live" = 0 OR NOT ${IS_SYNTHETIC}`,
    '), "followed" AS (',
    `  SELECT *, IF("change_operation" = 'remove', "change_valid_from",`,
    `    coalesce(lead("change_valid_from") OVER (${window}), ${END_OF_TIME})) AS "change_valid_to" FROM "timed"`,
    ')',
    `SELECT ${shown.join(', ')} FROM "followed"`,
  ].join('\n');
};

/**
 * The statement that makes an entity's history. `valid_from <= T AND T < valid_to` asks for what was at an instant T; what was
 * removed by then is not in it, as a removal holds for no time.
 *
 * @example
 * historyView(order, { database: 'tailrace_dev', bucket: 'lake' }, { day: '2026-11-25', merged: [] })
 */
export const historyView = (entity: Entity, place: LakePlace, tail: Tail): string =>
  [
    `CREATE OR REPLACE VIEW ${qualified(place.database, historyName(entity))} AS`,
    historySelect(entity, place, tail),
  ].join('\n');
