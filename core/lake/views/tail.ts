import type { Entity } from '../../schema/entity.ts';
import { pathOf, type LogFile } from '../curated/log-files.ts';
import { logTable } from '../log-table.ts';
import { literal, qualified } from '../sql.ts';

/** How far the log is merged: what a view has to read of it besides the curated tables. */
export interface Tail {
  /** Every file of a day before this one is merged. */
  readonly day: string;
  /** Files from that day on that are merged too. */
  readonly merged: readonly LogFile[];
}

/**
 * Athena keeps this many values of a predicate on paths; from more it makes a range, which would prune nothing here.
 * Source: https://trino.io/docs/current/connector/hive.html, hive.domain-compaction-threshold
 */
const MOST_PATHS = 90;

/** Where the lake of an entity is. */
export interface LakePlace {
  readonly database: string;
  readonly bucket: string;
}

/**
 * The rows of the log that may not be merged yet, as FROM and WHERE. Days prune; merged files that are left in would only cost
 * reading, so the largest are left out.
 */
export const tailOf = (entity: Entity, { database, bucket }: LakePlace, { day, merged }: Tail): string => {
  const log = logTable(entity);
  const largest = merged.toSorted((one, other) => other.size - one.size).slice(0, MOST_PATHS);
  const paths = largest.map((file) => literal(pathOf(log, bucket, file))).toSorted();
  const unmerged = paths.length === 0 ? '' : ` AND "$path" NOT IN (${paths.join(', ')})`;
  return `FROM ${qualified(database, log.name)} WHERE "dt" >= ${literal(day)}${unmerged}`;
};
