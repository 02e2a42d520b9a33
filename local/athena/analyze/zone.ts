import { notTranslated, SqlError, type Position } from '../sql/error.ts';
import { quoteText } from '../sql/types.ts';
import type { Typed } from './scope.ts';

/** The name Trino prints a zone by; throws for one that does not exist. */
export const zoneName = (text: string, at?: Position): string => {
  if (/^(utc|z|gmt)$/i.test(text)) return 'UTC';
  if (/^[+-]\d{2}:\d{2}$/.test(text)) return text === '+00:00' ? 'UTC' : text;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone === '' ? text : text;
  } catch {
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${text}' is not a valid time zone`, at);
  }
};

/** An instant as the wall clock of a zone: a DuckDB TIMESTAMP. */
export const atZone = (sql: string, zone: string): string =>
  isOffset(zone)
    ? `((${sql} AT TIME ZONE 'UTC') + ${offset(zone)})`
    : `(${sql} AT TIME ZONE ${quoteText(zone)})`;

/** The wall clock of a zone as an instant: a DuckDB TIMESTAMPTZ. */
export const fromZone = (sql: string, zone: string): string =>
  isOffset(zone)
    ? `((${sql} - ${offset(zone)}) AT TIME ZONE 'UTC')`
    : `(${sql} AT TIME ZONE ${quoteText(zone)})`;

/** The wall clock of a timestamp, with or without time zone. */
export const localTime = (value: Typed, at?: Position): string => {
  if (value.type.k !== 'timestamptz') return value.sql;
  const { zone } = value.type;
  if (zone === undefined) throw notTranslated('a timestamp whose time zone differs from row to row', at);
  return atZone(value.sql, zone);
};

const isOffset = (zone: string) => /^[+-]/.test(zone);

const offset = (zone: string) => {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return `INTERVAL (${zone.startsWith('-') ? -minutes : minutes}) MINUTE`;
};
