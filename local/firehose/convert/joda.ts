import { utcMilliseconds } from './calendar.ts';

/** A field of a pattern: how its text looks, and where its number goes. */
interface Part {
  readonly pattern: string;
  readonly field?: Field;
}

type Field =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'half'
  | 'noon'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'offset';

const FIELDS: Readonly<Record<string, Field>> = {
  y: 'year',
  Y: 'year',
  M: 'month',
  d: 'day',
  H: 'hour',
  h: 'half',
  a: 'noon',
  m: 'minute',
  s: 'second',
  S: 'fraction',
  Z: 'offset',
};

const TOKEN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g;

const digits = (field: Field, count: number): string => {
  if (field === 'noon') return '(AM|PM|am|pm)';
  if (field === 'offset') return String.raw`(Z|[+-]\d\d:?\d\d)`;
  if (field === 'year' && count !== 2) return String.raw`(\d{4})`;
  return field === 'fraction' ? String.raw`(\d{${count}})` : String.raw`(\d{${count},2})`;
};

const partOf = (
  token: string,
  quoted: string | undefined,
  letter: string | undefined,
  format: string,
): Part => {
  if (quoted !== undefined)
    return { pattern: RegExp.escape(quoted === '' ? "'" : quoted.replaceAll("''", "'")) };
  if (letter === undefined) return { pattern: RegExp.escape(token) };
  const field = FIELDS[letter];
  if (!field || (token.length > 2 && !'yYSZ'.includes(letter)) || (field === 'year' && token.length === 2)) {
    throw new Error(
      `The timestamp format "${format}" has "${token}", which can not be read here: use yyyy MM dd HH hh a mm ss S Z and quoted text, or millis.`,
    );
  }
  return { pattern: digits(field, token.length), field };
};

const partsOf = (format: string): Part[] =>
  Array.from(format.matchAll(TOKEN), ([token, quoted, letter]) => partOf(token, quoted, letter, format));

const offsetMilliseconds = (text: string | undefined): number => {
  if (text === undefined || text === 'Z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return (text.startsWith('-') ? -minutes : minutes) * 60_000;
};

const hourOf = (fields: Partial<Record<Field, string>>): number => {
  if (fields.half === undefined) return Number(fields.hour ?? 0);
  return (Number(fields.half) % 12) + (fields.noon?.toLowerCase() === 'pm' ? 12 : 0);
};

const momentOf = (fields: Partial<Record<Field, string>>): number => {
  const {
    year = '1970',
    month = '1',
    day = '1',
    minute = '0',
    second = '0',
    fraction = '0',
    offset,
  } = fields;
  const milli = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const [y, mo, d, mi, s] = [year, month, day, minute, second].map(Number);
  return utcMilliseconds(y!, mo!, d!, hourOf(fields), mi!, s!, milli) - offsetMilliseconds(offset);
};

const millis = (text: string): number | undefined => (/^-?\d{1,13}$/.test(text) ? Number(text) : undefined);

/**
 * Compiles a Joda-Time pattern to a reader of text: milliseconds since 1970, or undefined when the text does not
 * fit. `millis` reads epoch milliseconds. Without an offset the text is UTC.
 *
 * @throws Error for letters it does not know
 */
export const timestampReader = (format: string): ((text: string) => number | undefined) => {
  if (format === 'millis') return millis;
  const parts = partsOf(format);
  const pattern = new RegExp(`^${parts.map((part) => part.pattern).join('')}$`);
  const fields = parts.flatMap(({ field }) => field ?? []);
  return (text) => {
    const [whole, ...found] = pattern.exec(text) ?? [];
    if (whole === undefined) return undefined;
    const at = momentOf(Object.fromEntries(fields.map((field, index) => [field, found[index]])));
    return Number.isNaN(at) ? undefined : at;
  };
};
