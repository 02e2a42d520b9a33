import * as z from 'zod';
import { dayOf, type LogFile } from '../curated/log-files.ts';
import type { Tail } from '../views/tail.ts';

const file = z.object({ name: z.string(), size: z.number(), etag: z.string() });

/** How far an entity's log is merged, as the lake bucket keeps it. Times are ISO 8601. */
export const watermarkSchema = z.object({
  day: z.iso.date(),
  merged: z.array(file),
  /** When the log was last found to have nothing that is not merged. */
  completeAt: z.iso.datetime().optional(),
  /** When rows last came into the curated tables: marts that read them are made anew after it. */
  mergedAt: z.iso.datetime().optional(),
  /** Whether the views know of all that is merged. */
  isPublished: z.boolean(),
  vacuumedAt: z.iso.datetime().optional(),
});

export type Watermark = z.infer<typeof watermarkSchema>;

/** The first day a log can have. */
const FIRST_DAY = '2026-01-01';

/** The watermark of a log of which nothing is merged. */
export const NOTHING_MERGED: Watermark = { day: FIRST_DAY, merged: [], isPublished: false };

/** The key of an entity's watermark in the lake bucket. */
export const watermarkKey = (entity: string): string => `state/${entity}.json`;

/**
 * A file bears the day its oldest row arrived and may come a day later, as long as Firehose keeps on trying; the margin is
 * for its buffer. A day older than this gets no more files.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/retry.html
 */
const LATEST_FILE_HOURS = 26;

/** The first day that may still get files at an instant. */
export const openDay = (at: Date): string =>
  new Date(at.getTime() - LATEST_FILE_HOURS * 60 * 60 * 1000).toISOString().slice(0, 10);

const idOf = ({ name, etag }: LogFile): string => `${name} ${etag}`;

/** The files of a listing that are not merged, in order of name. A file that was written again counts anew. */
export const unmerged = ({ day, merged }: Watermark, listed: readonly LogFile[]): LogFile[] => {
  const known = new Set(merged.map(idOf));
  return listed
    .filter((one) => (dayOf(one) ?? '') >= day && !known.has(idOf(one)))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
};

/** The watermark after some files were merged, at an instant. */
export const withMerged = (watermark: Watermark, files: readonly LogFile[], at: Date): Watermark => {
  const names = new Set(files.map(({ name }) => name));
  return {
    ...watermark,
    merged: [...watermark.merged.filter(({ name }) => !names.has(name)), ...files],
    mergedAt: at.toISOString(),
    isPublished: false,
  };
};

/** The watermark when a listing, begun at an instant, had nothing that was not merged: days that are closed are forgotten. */
export const completed = (watermark: Watermark, listedAt: Date): Watermark => {
  const day = [watermark.day, openDay(listedAt)].toSorted().at(-1) ?? watermark.day;
  return {
    ...watermark,
    day,
    merged: watermark.merged.filter((one) => (dayOf(one) ?? '') >= day),
    completeAt: listedAt.toISOString(),
    isPublished: watermark.isPublished && day === watermark.day,
  };
};

/**
 * Firehose delivers a row a minute after it arrived, unless S3 refuses it; after as long as this, no more are expected.
 * Source: lib/delivery.ts, the interval, several times over
 */
const SETTLED_MINUTES = 5;

/** What has to be read of the log besides the curated tables, by a watermark: all that is not merged, and perhaps more. */
export const tailFrom = ({ day, merged }: Watermark): Tail => ({ day, merged });

/** What views read of the log, by a watermark: much less where files are many, and all that was delivered in time. */
export const viewTail = (watermark: Watermark): Tail => ({
  ...tailFrom(watermark),
  ...(watermark.completeAt && {
    settledBefore: new Date(Date.parse(watermark.completeAt) - SETTLED_MINUTES * 60_000).toISOString(),
  }),
});
