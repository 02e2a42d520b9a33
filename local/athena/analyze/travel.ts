import type { AsOf, Expression } from '../sql/ast.ts';
import { notTranslated, SqlError } from '../sql/error.ts';
import type { Travel } from './scope.ts';
import { zoneName } from './zone.ts';

/**
 * The version or instant `FOR … AS OF` names. It must be known before anything runs, since columns depend on it: a
 * literal, the current time, or these moved by intervals.
 */
export const travelTo = ({ kind, value }: AsOf, now: Date): Travel => {
  if (kind === 'version') return { version: versionOf(value) };
  const timestamp = instantOf(value, now);
  if (timestamp < now.getTime()) return { timestamp };
  throw new SqlError(
    'INVALID_ARGUMENTS',
    `Pointer value '${new Date(timestamp).toISOString()}' is not in the past`,
    value.at,
  );
};

const versionOf = (value: Expression): bigint => {
  if (value.kind === 'number' && /^\d+$/.test(value.value)) return BigInt(value.value);
  if (value.kind === 'string') throw notTranslated('FOR VERSION AS OF the name of a branch or tag', value.at);
  throw new SqlError('TYPE_MISMATCH', 'FOR VERSION AS OF needs the bigint id of a snapshot', value.at);
};

const UNITS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

const instantOf = (value: Expression, now: Date): number => {
  switch (value.kind) {
    case 'timestamp':
      return literal(value.value, value);
    case 'typed':
      if (value.type.k === 'date') return literal(value.value, value);
      break;
    case 'now':
      if (value.name === 'current_date') return Math.floor(now.getTime() / 86_400_000) * 86_400_000;
      if (value.name.endsWith('timestamp')) return now.getTime();
      break;
    case 'call':
      if (value.name === 'now' && value.args.length === 0) return now.getTime();
      if (value.name === 'from_iso8601_timestamp' && value.args[0]?.kind === 'string')
        return iso(value.args[0].value, value);
      break;
    case 'cast':
      if (value.value.kind === 'string' && value.type.k.startsWith('timestamp'))
        return literal(value.value.value, value);
      return instantOf(value.value, now);
    case 'arithmetic':
      return moved(value, now);
    default:
  }
  throw notTranslated('FOR TIMESTAMP AS OF an expression of this kind', value.at);
};

const moved = (value: Expression & { kind: 'arithmetic' }, now: Date): number => {
  const { op, left, right } = value;
  if (right.kind !== 'interval' || right.to !== undefined || (op !== '+' && op !== '-'))
    throw notTranslated('FOR TIMESTAMP AS OF an expression of this kind', value.at);
  const start = instantOf(left, now);
  const amount = Number(right.value) * right.sign * (op === '-' ? -1 : 1);
  const unit = UNITS[right.unit];
  if (unit !== undefined) return start + amount * unit;
  const months = right.unit === 'year' ? amount * 12 : amount;
  return byMonths(start, months);
};

/** Moves by months; a day the month does not have is its last. */
const byMonths = (start: number, months: number): number => {
  const date = new Date(start);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
};

const LITERAL =
  /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,12}))?)?(?: ?([A-Za-z+-].*))?$/;

/** A timestamp as Athena writes one; without a zone it is UTC. */
const literal = (text: string, { at }: Expression): number => {
  const match = LITERAL.exec(text.trim());
  if (!match) throw new SqlError('INVALID_LITERAL', `'${text}' is not a valid timestamp literal`, at);
  const [, day, time = '00:00', fraction = '', zone = 'UTC'] = match;
  const local = Date.parse(`${day}T${time}Z`) + Math.floor(Number(`0.${fraction || '0'}`) * 1000);
  return local - zoneOffset(zoneName(zone, at), local);
};

const iso = (text: string, { at }: Expression): number => {
  const time = Date.parse(/[zZ]|[+-]\d{2}:?\d{2}$/.test(text) ? text : `${text}Z`);
  if (!Number.isNaN(time)) return time;
  throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${text}' is not an ISO 8601 timestamp`, at);
};

/** Milliseconds a zone is ahead of UTC where its clock shows `local`. */
const zoneOffset = (zone: string, local: number): number => {
  const fixed = /^([+-])(\d{2}):(\d{2})$/.exec(zone);
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000;
  return zone === 'UTC' ? 0 : offsetAt(zone, local - offsetAt(zone, local));
};

const offsetAt = (zone: string, instant: number): number => {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(new Date(instant))
    .find((part) => part.type === 'timeZoneName')?.value;
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name ?? '');
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
};
