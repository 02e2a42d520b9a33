import { keyColumns } from '../lake/curated/merge.ts';
import { currentTable, versionsTable } from '../lake/curated/tables.ts';
import { instant, literal, qualified, quoted } from '../lake/sql.ts';
import { tailOf, type LakePlace, type Tail } from '../lake/views/tail.ts';
import type { Entity } from '../schema/entity.ts';
import { bucketSql, digestSql, sumSql } from './digest.ts';
import { keyText, rowText } from './record.ts';

/** Which state of an entity's lake is asked for. */
export interface LakeQuestion {
  readonly entity: Entity;
  readonly place: LakePlace;
  readonly tail: Tail;
  /** Whether all of a record counts, not its version alone. */
  readonly deep: boolean;
  /** Changes after this instant are not looked at. ISO 8601; undefined for the state as it is. */
  readonly asOf?: string | undefined;
}

/** Columns of every source, under names no field can have. */
const sourceColumns = ({ entity, deep }: LakeQuestion): string => {
  const state = deep ? rowText(entity).sql : `CAST("change_version" AS varchar)`;
  return [
    `${keyText(entity).sql} AS "change_key"`,
    ...keyColumns(entity).map(
      (column, position) => `CAST(${quoted(column)} AS varchar) AS "change_key_${position}"`,
    ),
    '"change_operation", "change_sequence", "change_version"',
    'CAST("change_time" AS timestamp(3)) AS "change_time"',
    `${state} AS "change_state"`,
  ].join(', ');
};

const within = (asOf: string | undefined): string =>
  asOf === undefined ? '' : ` WHERE "change_time" <= ${instant(asOf)}`;

/** What current state was before it changed after the instant: the versions of those keys up to it. */
const overtaken = (question: LakeQuestion, current: string): string[] => {
  const { entity, place, asOf } = question;
  if (asOf === undefined) return [];
  const key = keyText(entity).sql;
  return [
    '  UNION ALL',
    `  SELECT ${sourceColumns(question)}`,
    `  FROM ${qualified(place.database, versionsTable(entity).name)}${within(asOf)}`,
    `  AND ${key} IN (SELECT ${key} FROM ${current} WHERE "change_time" > ${instant(asOf)})`,
  ];
};

/** The newest change of each key, removals too, as views see it: the curated table, and what the log has since. */
const newest = (question: LakeQuestion, where = ''): string => {
  const { entity, place, tail, asOf } = question;
  const current = qualified(place.database, currentTable(entity).name);
  const before = asOf === undefined ? '' : ` AND "change_time" <= ${instant(asOf)}`;
  return [
    'WITH "changes" AS (',
    `  SELECT ${sourceColumns(question)} FROM ${current}${within(asOf)}`,
    '  UNION ALL',
    `  SELECT ${sourceColumns(question)} ${tailOf(entity, place, tail)}${before}`,
    ...overtaken(question, current),
    '), "newest" AS (',
    '  SELECT *, row_number() OVER (PARTITION BY "change_key"',
    `    ORDER BY "change_sequence" DESC, "change_version" DESC) AS "change_rank" FROM "changes"${where}`,
    ')',
  ].join('\n');
};

/**
 * The question for the sums of an entity's lake by bucket: name, count and digest of the records it shows.
 *
 * @example
 * bucketsQuery({ entity: order, place, tail, deep: false, asOf: '2026-11-26T03:00:00.000Z' })
 */
export const bucketsQuery = (question: LakeQuestion): string =>
  [
    newest(question),
    `SELECT ${bucketSql('"change_key"')}, count(*),`,
    `  ${sumSql(digestSql(`"change_key" || '@' || "change_state"`))}`,
    `FROM "newest" WHERE "change_rank" = 1 AND "change_operation" <> 'remove'`,
    'GROUP BY 1',
  ].join('\n');

/** The keys whose removal the lake has heard of, however long ago. */
const removed = ({ entity, place, tail }: LakeQuestion, where: string): string[] => {
  const key = `${keyText(entity).sql} AS "change_key"`;
  const isRemoval = `"change_operation" = 'remove'`;
  return [
    `  SELECT DISTINCT "change_key" FROM (`,
    `    SELECT ${key} FROM ${qualified(place.database, versionsTable(entity).name)} WHERE ${isRemoval}`,
    '    UNION ALL',
    `    SELECT ${key} ${tailOf(entity, place, tail)} AND ${isRemoval}`,
    `  )${where}`,
  ];
};

/**
 * The question for the newest change of each key in some buckets: key, operation, sequence, version, digest of its state, whether
 * its removal was ever heard of, and the columns of the key as text.
 */
export const rowsQuery = (question: LakeQuestion, buckets: readonly string[]): string => {
  const names = buckets.map(literal).join(', ');
  const where = ` WHERE ${bucketSql('"change_key"')} IN (${names})`;
  const parts = keyColumns(question.entity).map((_, position) => `n."change_key_${position}"`);
  return [
    `${newest(question, where)}, "removed" AS (`,
    ...removed(question, where),
    ')',
    'SELECT n."change_key", n."change_operation", n."change_sequence", n."change_version",',
    `  ${digestSql(`n."change_key" || '@' || n."change_state"`)},`,
    `  r."change_key" IS NOT NULL, ${parts.join(', ')}`,
    'FROM "newest" AS n LEFT JOIN "removed" AS r ON n."change_key" = r."change_key"',
    'WHERE n."change_rank" = 1',
  ].join('\n');
};
