import { isWorn, type TableFiles } from '../../core/lake/curated/inspection.ts';
import { failuresOf, scannedBy, type Outcome, type Run } from '../../core/lake/state/runs.ts';
import { unmerged, type Watermark } from '../../core/lake/state/watermark.ts';
import type { LakeFile } from './bucket.ts';

/** Files that are not merged yet. */
export interface Waiting {
  readonly files: number;
  readonly bytes: number;
}

/** A curated table and whether the next refresh rewrites it. */
export type TableStatus = TableFiles & { readonly isWorn: boolean };

/** How an entity's part of the lake is. Times are ISO 8601, or null for never. */
export interface EntityStatus {
  readonly entity: string;
  /** Every file of the log of an earlier day is merged. */
  readonly day: string;
  /** When the log was last found to have nothing that is not merged. */
  readonly mergedUntil: string | null;
  readonly waiting: Waiting;
  /** Seconds that the oldest file that is not merged has waited; 0 when none waits. */
  readonly lagSeconds: number;
  readonly vacuumedAt: string | null;
  readonly lastRefresh: Outcome | null;
  readonly tables: readonly TableStatus[];
}

/** A refresh, summed up. */
export interface RefreshStatus {
  readonly startedAt: string;
  readonly seconds: number;
  readonly scanned: number;
  readonly merged: number;
  readonly errors: readonly string[];
}

/** How a lake is. */
export interface LakeStatus {
  readonly database: string;
  /** Since when a refresh runs; null while none does. */
  readonly runningSince: string | null;
  readonly lastRefresh: RefreshStatus | null;
  readonly entities: readonly EntityStatus[];
}

/** What is known of an entity's part of the lake. */
export interface Observed {
  readonly entity: string;
  readonly watermark: Watermark;
  /** The log, from the day of the watermark on. */
  readonly log: readonly LakeFile[];
  readonly tables: readonly TableFiles[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** A refresh as people ask for it. */
export const refreshStatus = (run: Run): RefreshStatus => ({
  startedAt: run.startedAt,
  seconds: (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000,
  scanned: scannedBy(run),
  merged: sum(run.outcomes.map(({ merged = 0 }) => merged)),
  errors: failuresOf(run),
});

const lagOf = (waiting: readonly LakeFile[], now: Date): number => {
  const oldest = Math.min(...waiting.map(({ modified }) => modified.getTime()));
  return waiting.length === 0 ? 0 : Math.max(0, Math.round((now.getTime() - oldest) / 1000));
};

/**
 * How an entity's part of the lake is, from what was observed of it.
 *
 * @example
 * entityStatus({ entity: 'order', watermark, log, tables }, lastRun, new Date()).lagSeconds // 12
 */
export const entityStatus = (
  { entity, watermark, log, tables }: Observed,
  last: Run | undefined,
  now: Date,
): EntityStatus => {
  const names = new Set(unmerged(watermark, log).map(({ name }) => name));
  const waiting = log.filter(({ name }) => names.has(name));
  return {
    entity,
    day: watermark.day,
    mergedUntil: watermark.completeAt ?? null,
    waiting: { files: waiting.length, bytes: sum(waiting.map(({ size }) => size)) },
    lagSeconds: lagOf(waiting, now),
    vacuumedAt: watermark.vacuumedAt ?? null,
    lastRefresh: last?.outcomes.find(({ name }) => name === entity) ?? null,
    tables: tables.map((table) => ({ ...table, isWorn: isWorn(table) })),
  };
};
