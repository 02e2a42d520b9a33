import * as z from 'zod';
import type { PersonalOptions } from './personal.ts';

/** What a schema file may say about a field with `.meta({ … })`. Anything else is refused. */
export interface FieldMeta {
  /** What the field means: becomes the column comment and the API description. */
  description?: string;
  /** Set by the server: no request may carry it. */
  readOnly?: boolean;
  /** Settable when the record is created, never after. */
  immutable?: boolean;
  /** Personal data of somebody: never logged, and in the lake only as this says. `true` is `{ lake: 'token' }`. */
  personal?: boolean | PersonalOptions;
  /** Unit of measure, such as `g` or `ms`. */
  unit?: string;
  /** Example value for the API description. */
  example?: unknown;
}

declare module 'zod' {
  interface GlobalMeta extends Omit<FieldMeta, 'description'> {
    /** Names a type of ours that Zod has not: set by the helpers in this file only. */
    kind?: 'timestamp' | 'money' | 'decimal';
    /** Total and fraction digits of a decimal. */
    digits?: readonly [precision: number, scale: number];
  }
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
/** What `timestamp()` takes, in the form it keeps. */
export const FIRST_INSTANT = '1678-01-01T00:00:00.000Z';
export const LAST_INSTANT = '2261-12-31T23:59:59.999Z';

const toMilliseconds = (text: string): string => {
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? text : instant.toISOString();
};

/**
 * An instant with millisecond precision. Any RFC 3339 text is taken; it is kept as UTC with exactly three
 * fraction digits, so that text order is time order. In the lake: `timestamp`. Years are 1678 to 2261: Firehose holds
 * instants in 64 bits of nanoseconds and wraps what does not fit into a wrong instant.
 *
 * @example
 * placedAt: timestamp().meta({ readOnly: true })
 */
export const timestamp = () =>
  z.iso
    .datetime({ offset: true, abort: true })
    .overwrite(toMilliseconds)
    .refine(
      (text) => text.length === FIRST_INSTANT.length && text >= FIRST_INSTANT && text <= LAST_INSTANT,
      'The year must be 1678 to 2261',
    )
    .meta({ kind: 'timestamp' });

/**
 * An exact amount of money: whole minor units (cents) and an ISO 4217 code. No floating point on any path.
 * In the lake: `struct<amount:bigint,currency:string>`.
 *
 * @example
 * total: money() // { "amount": 1999, "currency": "EUR" } is 19.99 euro
 */
export const money = () =>
  z
    .strictObject({
      amount: z.int().meta({ description: 'Whole minor units, such as cents' }),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .refine((code) => CURRENCIES.has(code), 'Not an ISO 4217 currency code')
        .meta({ description: 'ISO 4217 code' }),
    })
    .meta({ kind: 'money' });

/**
 * An exact decimal number, written as text: `decimal(10, 2)` takes `"12345678.90"`. In the lake: `decimal(10,2)`.
 * Throws RangeError unless 1 ≤ precision ≤ 38 and 0 ≤ scale ≤ precision.
 */
export const decimal = (precision: number, scale: number) => {
  if (!(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision))
    throw new RangeError(`decimal(${precision}, ${scale}): precision is 1 to 38 and scale 0 to precision`);
  const whole = precision - scale;
  const pattern = `^-?${whole > 0 ? `\\d{1,${whole}}` : '0'}${scale > 0 ? `(\\.\\d{1,${scale}})?` : ''}$`;
  return z
    .string()
    .regex(new RegExp(pattern))
    .meta({ kind: 'decimal', digits: [precision, scale] });
};

/** The characters an identifier may have: it stands in paths, keys and file names as it is. */
export const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;

/** The identifier of a record, or of another record it points to. */
export const id = () => z.string().regex(IDENTIFIER);
