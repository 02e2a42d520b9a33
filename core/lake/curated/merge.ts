import type { Entity } from '../../schema/entity.ts';
import { logTable } from '../log-table.ts';
import { parseHiveType } from '../hive-type.ts';
import { instant, list, qualified, quoted } from '../sql.ts';
import { conform } from './conform.ts';
import type { ExistingColumn } from './ddl.ts';
import { inFiles, type LogFile } from './log-files.ts';
import { currentTable, versionsTable, type CuratedTable } from './tables.ts';

/** What a MERGE takes from the log, and where the columns it writes are. */
export interface Merge {
  readonly entity: Entity;
  readonly database: string;
  readonly bucket: string;
  readonly files: readonly LogFile[];
  /** Columns of the curated table, as Glue says them. */
  readonly columns: readonly ExistingColumn[];
}

/** A range of change times, both ends in it. ISO 8601. */
export interface Span {
  readonly first: string;
  readonly last: string;
}

/** The columns of an entity's key in the lake. */
export const keyColumns = ({ key, fields }: Pick<Entity, 'key' | 'fields'>): string[] =>
  key.map((name) => fields.find((field) => field.name === name)?.column ?? name);

/** That the change `newer` comes after `older`: later in the stream, or of a later version at the same place of it. */
export const isNewer = (newer: string, older: string): string =>
  `(${newer}."change_sequence" > ${older}."change_sequence" OR ` +
  `(${newer}."change_sequence" = ${older}."change_sequence" AND ${newer}."change_version" > ${older}."change_version"))`;

const sourceColumns = ({ columns }: Merge, table: CuratedTable): string[] =>
  table.columns.map(({ name, type }) => {
    const target = columns.find((column) => column.name === name)?.type ?? type;
    const expression = conform(quoted(name), parseHiveType(type), parseHiveType(target));
    return expression === quoted(name) ? expression : `${expression} AS ${quoted(name)}`;
  });

/** The rows of the files, one for each combination of `by`: Athena refuses a MERGE of two rows into one. */
const source = (merge: Merge, table: CuratedTable, by: readonly string[], span?: Span): string => {
  const { entity, database, bucket, files } = merge;
  const log = logTable(entity);
  const within = span ? ` AND "change_time" BETWEEN ${instant(span.first)} AND ${instant(span.last)}` : '';
  return [
    `SELECT ${list(table.columns.map(({ name }) => name))}`,
    'FROM (',
    `  SELECT ${sourceColumns(merge, table).join(', ')}, row_number() OVER (`,
    `    PARTITION BY ${list(by)} ORDER BY "change_sequence" DESC, "change_version" DESC) AS "change_rank"`,
    `  FROM ${qualified(database, log.name)}`,
    `  WHERE ${inFiles(log, bucket, files)}${within}`,
    ')',
    'WHERE "change_rank" = 1',
  ].join('\n');
};

const insert = ({ columns }: CuratedTable): string => {
  const names = columns.map(({ name }) => name);
  return `WHEN NOT MATCHED THEN INSERT (${list(names)}) VALUES (${names.map((name) => `s.${quoted(name)}`).join(', ')})`;
};

const equal = (columns: readonly string[]): string[] =>
  columns.map((column) => `t.${quoted(column)} = s.${quoted(column)}`);

/**
 * The statement that adds the changes in some files to the versions, each once, however often it was delivered. `span` holds
 * their change times: written out, it lets Athena leave the rest of the history unread.
 */
export const mergeVersions = (merge: Merge, span: Span): string => {
  const table = versionsTable(merge.entity);
  const by = [...keyColumns(merge.entity), 'change_sequence', 'change_version'];
  const on = [...equal(by), `t."change_time" BETWEEN ${instant(span.first)} AND ${instant(span.last)}`];
  return [
    `MERGE INTO ${qualified(merge.database, table.name)} AS t`,
    `USING (`,
    source(merge, table, by, span),
    `) AS s ON ${on.join(' AND ')}`,
    insert(table),
  ].join('\n');
};

/** The statement that brings current state to the newest change of each key in some files; never back to an older one. */
export const mergeCurrent = (merge: Merge): string => {
  const table = currentTable(merge.entity);
  const key = keyColumns(merge.entity);
  const set = table.columns
    .filter(({ name }) => !key.includes(name))
    .map(({ name }) => `${quoted(name)} = s.${quoted(name)}`);
  return [
    `MERGE INTO ${qualified(merge.database, table.name)} AS t`,
    `USING (`,
    source(merge, table, key),
    `) AS s ON ${equal(key).join(' AND ')}`,
    `WHEN MATCHED AND ${isNewer('s', 't')} THEN UPDATE SET ${set.join(', ')}`,
    insert(table),
  ].join('\n');
};

/** The question for the days of change in some files: first and last change time of each, and how many changes. */
export const probe = ({ entity, database, bucket, files }: Omit<Merge, 'columns'>): string => {
  const log = logTable(entity);
  return [
    'SELECT CAST(min("change_time") AS varchar), CAST(max("change_time") AS varchar), count(*)',
    `FROM ${qualified(database, log.name)}`,
    `WHERE ${inFiles(log, bucket, files)}`,
    `GROUP BY date_trunc('day', "change_time")`,
    'ORDER BY 1',
  ].join('\n');
};
