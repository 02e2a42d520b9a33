import type { LogFile } from '../../core/lake/curated/log-files.ts';
import type { Span } from '../../core/lake/curated/merge.ts';

/** Statements name each file, and a state passes on at most 256 KiB. */
const MOST_FILES = 100;
const MOST_BYTES = 512 * 1024 * 1024;

/** The files to merge in one go: as many as one statement may name, of a size that it finishes in time. */
export const nextBatch = (files: readonly LogFile[]): LogFile[] => {
  let bytes = 0;
  return files.slice(0, MOST_FILES).filter(({ size }, position) => {
    bytes += size;
    return position === 0 || bytes <= MOST_BYTES;
  });
};

/** Athena writes to at most 100 partitions in a statement, and history has one a day. */
const MOST_DAYS = 50;

/** A day of changes: first and last change time of it. */
export type Day = Span;

/** The spans of time that one statement each may write, from days in order. */
export const spansOf = (days: readonly Day[]): Span[] =>
  Array.from({ length: Math.ceil(days.length / MOST_DAYS) }, (_, index) => {
    const chunk = days.slice(index * MOST_DAYS, (index + 1) * MOST_DAYS);
    return { first: chunk[0]?.first ?? '', last: chunk.at(-1)?.last ?? '' };
  });

/** Athena's text of a timestamp, which is in UTC, as ISO 8601. */
export const toIso = (text: string): string => `${text.replace(' ', 'T')}Z`;
