import * as z from 'zod';
import { ERRORS_PREFIX } from '../deployment.ts';
import { parseJson } from './text.ts';

/** A record that Firehose could not convert, and why. */
export interface ErrorLine {
  readonly code: string;
  readonly message: string;
  /** RFC 3339; null when the line does not say. */
  readonly when: string | null;
  /** The record, in base64. */
  readonly rawData: string;
}

const LATEST_MS = 253_402_300_799_999;

const instant = z.number().min(0).max(LATEST_MS).optional();

/** Objects on AWS have the first spelling, one page of its guide the second. */
const lineSchema = z.looseObject({
  lastErrorCode: z.string().optional(),
  ErrorCode: z.string().optional(),
  lastErrorMessage: z.string().optional(),
  ErrorMessage: z.string().optional(),
  attemptEndingTimestamp: instant,
  arrivalTimestamp: instant,
  rawData: z.base64(),
});

/**
 * Reads a line of an error object of Firehose's format conversion; undefined for what is none.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html
 *
 * @example
 * parseErrorLine(line)?.code // DataFormatConversion.MalformedData
 */
export const parseErrorLine = (line: string): ErrorLine | undefined => {
  const { data } = lineSchema.safeParse(parseJson(line));
  if (!data) return undefined;
  const when = data.attemptEndingTimestamp ?? data.arrivalTimestamp;
  return {
    code: data.lastErrorCode ?? data.ErrorCode ?? 'Unknown',
    message: data.lastErrorMessage ?? data.ErrorMessage ?? '',
    when: when === undefined ? null : new Date(when).toISOString(),
    rawData: data.rawData,
  };
};

/** The lines of an error object that have something in them, each with its number, from 1. */
export const linesOf = (text: string): { readonly number: number; readonly line: string }[] =>
  text
    .split('\n')
    .map((line, index) => ({ number: index + 1, line }))
    .filter(({ line }) => line.trim() !== '');

const ERROR_OBJECT = new RegExp(String.raw`^${ERRORS_PREFIX}(?:changes|events)/([^/]+)/`);

/**
 * The entity or event whose delivery stream an error object is of, by its key.
 *
 * @example
 * schemaOfErrors('errors/changes/order/format-conversion-failed/dt=2026-11-26/x') // order
 */
export const schemaOfErrors = (object: string): string | undefined => ERROR_OBJECT.exec(object)?.[1];
