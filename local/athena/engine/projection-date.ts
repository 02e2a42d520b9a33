import type { SqlError } from '../sql/error.ts';

const FIELDS: Record<string, string> = {
  y: 'year',
  M: 'month',
  d: 'day',
  H: 'hour',
  m: 'minute',
  s: 'second',
};
const UNIT_MS: Record<string, number> = {
  WEEKS: 604_800_000,
  DAYS: 86_400_000,
  HOURS: 3_600_000,
  MINUTES: 60_000,
  SECONDS: 1000,
};

const tokens = (format: string) => [...format.matchAll(/([yMdHms])\1*|'([^']*)'|(.)/g)];

/** A pattern for texts of a date format, such as `yyyy-MM-dd` or `yyyy/MM/dd/HH`. */
export const formatRegex = (format: string): string =>
  tokens(format)
    .map(([text, letter, quoted, other]) => {
      if (letter !== undefined) return `[0-9]{${text.length}}`;
      return (quoted ?? other ?? '').replaceAll(/[.*+?^$()|[\]\\{}]/g, String.raw`\$&`);
    })
    .join('');

const parser = (format: string) => {
  const letters: string[] = [];
  const source = tokens(format)
    .map(([text, letter, quoted, other]) => {
      if (letter === undefined)
        return (quoted ?? other ?? '').replaceAll(/[.*+?^$()|[\]\\{}]/g, String.raw`\$&`);
      letters.push(FIELDS[letter] as string);
      return `([0-9]{${text.length}})`;
    })
    .join('');
  const pattern = new RegExp(`^${source}$`);
  return (text: string): number | undefined => {
    const match = pattern.exec(text);
    if (!match) return undefined;
    const part = (field: string, missing: number) => {
      const index = letters.indexOf(field);
      return index === -1 ? missing : Number(match[index + 1]);
    };
    const [month, day] = [part('month', 1), part('day', 1)];
    const time = Date.UTC(
      part('year', 1970),
      month - 1,
      day,
      part('hour', 0),
      part('minute', 0),
      part('second', 0),
    );
    const date = new Date(time);
    return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : undefined;
  };
};

/** The ends of a date projection's range in milliseconds; `NOW`, with or without an offset, is in UTC. */
export const dateRange = (range: string, format: string, now: Date, fail: (why: string) => SqlError) => {
  const toTime = parser(format);
  const ends = range.split(',').map((end) => end.trim());
  if (ends.length !== 2) throw fail(`range '${range}' is not two dates`);
  const [low, high] = ends.map((end) => {
    const time = toTime(end) ?? relative(end, now);
    if (time === undefined) throw fail(`'${end}' is neither in the format ${format} nor NOW`);
    return time;
  }) as [number, number];
  return { low: ends[0]?.startsWith('NOW') ? startOfUnit(low, format) : low, high, toTime };
};

/** A range that begins at NOW begins with the partition NOW falls into. */
const startOfUnit = (time: number, format: string): number => {
  const date = new Date(time);
  const has = (letter: string) => format.includes(letter);
  return Date.UTC(
    date.getUTCFullYear(),
    has('M') ? date.getUTCMonth() : 0,
    has('d') ? date.getUTCDate() : 1,
    has('H') ? date.getUTCHours() : 0,
    has('m') ? date.getUTCMinutes() : 0,
  );
};

const relative = (text: string, now: Date): number | undefined => {
  const match = /^NOW\s*(?:([+-])\s*(\d+)\s*([A-Z]+?)S?)?$/.exec(text);
  if (!match) return undefined;
  const [, sign, count, unit] = match;
  if (sign === undefined) return now.getTime();
  const amount = Number(count) * (sign === '-' ? -1 : 1);
  if (unit === 'YEAR' || unit === 'MONTH') {
    const date = new Date(now);
    date.setUTCMonth(date.getUTCMonth() + amount * (unit === 'YEAR' ? 12 : 1));
    return date.getTime();
  }
  const size = UNIT_MS[`${unit}S`];
  return size === undefined ? undefined : now.getTime() + amount * size;
};
