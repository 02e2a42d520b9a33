import type { Entity } from '../../schema/entity.ts';
import { arrivalOf, pathOf, type LogFile } from '../curated/log-files.ts';
import { logTable } from '../log-table.ts';
import { literal, qualified } from '../sql.ts';

/** How far the log is merged: what a view has to read of it besides the curated tables. */
export interface Tail {
  /** Every file of a day before this one is merged. */
  readonly day: string;
  /** Files from that day on that are merged too. */
  readonly merged: readonly LogFile[];
  /** Files whose oldest row arrived before are taken for merged, all of them, when they are too many to be named. ISO 8601. */
  readonly settledBefore?: string;
}

/**
 * Athena keeps this many values of a predicate on paths, ranges counted; from more it makes one range, which would prune
 * nothing here.
 * Source: https://trino.io/docs/current/connector/hive.html, hive.domain-compaction-threshold
 */
const MOST_PATHS = 90;

/** Where the lake of an entity is. */
export interface LakePlace {
  readonly database: string;
  readonly bucket: string;
}

/** Sorts files in order of arrival; those that Firehose did not name come last. */
const rank = (file: LogFile): string => `${arrivalOf(file)?.at ?? '~'} ${file.name}`;

const lastFirst = (files: readonly LogFile[]): LogFile[] =>
  files.toSorted((one, other) => (rank(one) > rank(other) ? -1 : 1));

/** First and last path of the files of each stem. */
const rangesOf = (files: readonly LogFile[]): [LogFile, LogFile][] =>
  [...Map.groupBy(files, (file) => arrivalOf(file)?.stem).values()].flatMap((some) => {
    const [last, first] = [some[0], some.at(-1)];
    return first && last ? [[first, last]] : [];
  });

/**
 * The rows of the log that may not be merged yet, as FROM and WHERE. Days prune; of the merged files the last to arrive are left
 * out by name, those before, once settled, by the range of their names. Merged files that are left in only cost reading.
 */
export const tailOf = (
  entity: Entity,
  { database, bucket }: LakePlace,
  { day, merged, settledBefore = '' }: Tail,
): string => {
  const log = logTable(entity);
  const path = (file: LogFile): string => literal(pathOf(log, bucket, file));
  const files = lastFirst(merged);
  const settled = files.slice(MOST_PATHS).filter((file) => (arrivalOf(file)?.at ?? '~') < settledBefore);
  const named = files.slice(0, MOST_PATHS).map(path).toSorted();
  const conditions = [
    `"dt" >= ${literal(day)}`,
    ...(named.length === 0 ? [] : [`"$path" NOT IN (${named.join(', ')})`]),
    ...rangesOf(settled).map(([first, last]) => `"$path" NOT BETWEEN ${path(first)} AND ${path(last)}`),
  ];
  return `FROM ${qualified(database, log.name)} WHERE ${conditions.join(' AND ')}`;
};
