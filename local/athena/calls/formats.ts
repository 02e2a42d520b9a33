import { notTranslated, SqlError, type Position } from '../sql/error.ts';

/** MySQL's format letters, which `date_format` and `date_parse` take, as strftime's. */
const MYSQL: Record<string, string> = {
  a: '%a',
  b: '%b',
  c: '%-m',
  d: '%d',
  e: '%-d',
  f: '%f',
  H: '%H',
  h: '%I',
  I: '%I',
  i: '%M',
  j: '%j',
  k: '%-H',
  l: '%-I',
  M: '%B',
  m: '%m',
  p: '%p',
  r: '%I:%M:%S %p',
  S: '%S',
  s: '%S',
  T: '%H:%M:%S',
  v: '%V',
  W: '%A',
  Y: '%Y',
  y: '%y',
  x: '%G',
  '%': '%%',
};
const NEVER = 'DUuVXw';

/** Joda's letters, which `format_datetime` and `parse_datetime` take. */
const JODA: Record<string, string> = {
  yyyy: '%Y',
  YYYY: '%Y',
  y: '%Y',
  yy: '%y',
  MMMM: '%B',
  MMM: '%b',
  MM: '%m',
  M: '%-m',
  dd: '%d',
  d: '%-d',
  DDD: '%j',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  SSS: '%g',
  SSSSSS: '%f',
  a: '%p',
  EEEE: '%A',
  EEE: '%a',
  E: '%a',
};

/** strptime reads one digit or two under every number's letter. */
const forDirection = (letters: string, direction: 'print' | 'parse') =>
  direction === 'parse' ? letters.replaceAll('%-', '%') : letters;

/** A MySQL format as DuckDB's; what Trino or the local cloud cannot do throws. */
export const mysqlFormat = (pattern: string, direction: 'print' | 'parse', at: Position): string =>
  pattern.replaceAll(/%([\s\S]?)/g, (_, letter: string) => {
    if (NEVER.includes(letter) && letter !== '') {
      throw new SqlError(
        'INVALID_FUNCTION_ARGUMENT',
        `%${letter} not currently supported in date format string`,
        at,
      );
    }
    if (direction === 'parse' && ['v', 'x', 'W', 'a'].includes(letter))
      throw notTranslated(`%${letter} in date_parse`, at);
    return forDirection(MYSQL[letter] ?? letter, direction);
  });

/** A Joda pattern as DuckDB's format; letters it has no equal for throw. */
export const jodaFormat = (pattern: string, direction: 'print' | 'parse', at: Position): string =>
  pattern.replaceAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|%/g, (match, quoted?: string) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'").replaceAll('%', '%%');
    if (match === '%') return '%%';
    const letters = JODA[match];
    if (letters === undefined) throw notTranslated(`the format letters ${match}`, at);
    return forDirection(letters, direction);
  });
