import { literal } from '../sql.ts';
import type { LogTable } from '../log-table.ts';

/** An object of a change log. */
export interface LogFile {
  /** Key below the prefix of the log: `dt=2026-11-25/…parquet`. */
  readonly name: string;
  readonly size: number;
  /** Changes when the object is written again, which Firehose does when it retries a part of it. */
  readonly etag: string;
}

/** The day of arrival of a file, or undefined for an object that is none. */
export const dayOf = ({ name }: Pick<LogFile, 'name'>): string | undefined =>
  /^dt=(\d{4}-\d{2}-\d{2})\//.exec(name)?.[1];

/** What a name says of a file: the order of names is that of arrival among files of one stem. */
export interface Arrival {
  /** The name up to its time: the day, the stream and the version of its configuration. */
  readonly stem: string;
  /** When the oldest row arrived, ISO 8601 to the second. */
  readonly at: string;
}

/**
 * When a file's oldest row arrived, or undefined for a name that Firehose does not give.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
 *
 * @example
 * arrivalOf({ name: 'dt=2026-11-25/orders-1-2026-11-25-09-30-00-0190.parquet' }) // { stem: 'dt=2026-11-25/orders-1-', at: '2026-11-25T09:30:00Z' }
 */
export const arrivalOf = ({ name }: Pick<LogFile, 'name'>): Arrival | undefined => {
  const [, stem, day, hour, minute, second] =
    /^(dt=.*?-\d+-)(\d{4}-\d{2}-\d{2})-(\d{2})-(\d{2})-(\d{2})-/.exec(name) ?? [];
  return stem === undefined ? undefined : { stem, at: `${day}T${hour}:${minute}:${second}Z` };
};

/** The address of a file as Athena's column `"$path"` gives it. */
export const pathOf = (log: LogTable, bucket: string, { name }: Pick<LogFile, 'name'>): string =>
  `s3://${bucket}/${log.prefix}${name}`;

/**
 * A predicate for exactly some files of a log. The days prune partitions, the paths prune the files in them before one
 * of them is opened.
 */
export const inFiles = (log: LogTable, bucket: string, files: readonly LogFile[]): string => {
  const days = files.map((file) => dayOf(file) ?? '').toSorted();
  const paths = files.map((file) => literal(pathOf(log, bucket, file)));
  return [
    `"dt" BETWEEN ${literal(days[0] ?? '')} AND ${literal(days.at(-1) ?? '')}`,
    `"$path" IN (${paths.join(', ')})`,
  ].join(' AND ');
};
