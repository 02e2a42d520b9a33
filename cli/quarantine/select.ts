import type { Entry } from '../../core/quarantine/entry.ts';
import { UserError } from '../errors.ts';

/** Which entries are meant; those that all of it holds for. */
export interface Selection {
  readonly ids?: readonly string[];
  /** Name of an entity or event. */
  readonly entity?: string | undefined;
  readonly since?: Date | undefined;
  /** Part of why an entry fell out, in either case. */
  readonly reason?: string | undefined;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `--since`: a time in RFC 3339, a date, or how long ago, such as `30m`, `2h` or `7d`. Throws UserError for anything else.
 *
 * @example
 * toSince('2h', new Date('2026-11-26T12:00:00Z')) // 2026-11-26T10:00:00.000Z
 */
export const toSince = (text: string, now: Date): Date => {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== '') return new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0));
  const instant = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}(?:T|$)/.test(text) && !Number.isNaN(instant.getTime())) return instant;
  throw new UserError(
    `"${text}" is no time.`,
    'Give --since as 30m, 2h or 7d, or as 2026-11-26 or 2026-11-26T08:00:00Z.',
  );
};

const named = (entries: readonly Entry[], id: string): Entry => {
  const found = entries.filter((entry) => entry.id.startsWith(id));
  const [entry] = found;
  if (entry && found.length === 1) return entry;
  throw entry
    ? new UserError(`"${id}" is the beginning of ${found.length} ids.`, 'Give more of it.')
    : new UserError(
        `There is no "${id}" in quarantine.`,
        'See what is there with "tailrace quarantine list"; what was replayed is not there any more.',
      );
};

/** The entries that are meant. An id may be cut short. Throws UserError for an id that is none, or of several. */
export const select = (
  entries: readonly Entry[],
  { ids = [], entity, since, reason }: Selection,
): Entry[] => {
  const meant = ids.length === 0 ? entries : [...new Set(ids.map((id) => named(entries, id)))];
  return meant.filter(
    (entry) =>
      (entity === undefined || entry.entity === entity) &&
      (since === undefined || (entry.when !== null && Date.parse(entry.when) >= since.getTime())) &&
      (reason === undefined || entry.why.toLowerCase().includes(reason.toLowerCase())),
  );
};
