/** A time on the wall, as the milliseconds it would be since 1970 if the wall were in UTC. */
export type WallTime = number;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Throws RangeError of a zone that is not in the IANA database. */
const formatterOf = (zone: string): Intl.DateTimeFormat => {
  const known =
    formatters.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formatters.set(zone, known);
  return known;
};

/** What clocks in a zone show at an instant. */
export const wallOf = (instant: number, zone: string): WallTime => {
  const parts = formatterOf(zone).formatToParts(instant);
  const [year = 0, month = 1, day, hour, minute, second] = (
    ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  ).map((type) => Number(parts.find((part) => part.type === type)?.value));
  return Date.UTC(year, month - 1, day, hour, minute, second);
};

const DAY_MS = 86_400_000;

/**
 * The first instant at which clocks in a zone show a time, or undefined when they skip it.
 *
 * @example
 * instantOf(Date.UTC(2026, 2, 29, 2, 30), 'Europe/Berlin') // undefined: 02:00 is followed by 03:00 that day
 */
export const instantOf = (wall: WallTime, zone: string): number | undefined => {
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((instant) => wallOf(instant, zone) - instant);
  const candidates = offsets.map((offset) => wall - offset).toSorted((a, b) => a - b);
  return candidates.find((instant) => wallOf(instant, zone) === wall);
};
