import { AwsError } from '../service.ts';
import { notImplemented } from './errors.ts';

/** The bytes of an object to send, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The range a `Range` header asks of an object of that size; absent for the whole object, as for a header that is
 * not a range of bytes. Throws `InvalidRange`.
 * https://www.rfc-editor.org/rfc/rfc9110#name-range
 *
 * @example
 * parseRange('bytes=-3', 10); // { start: 7, end: 9 }
 */
export const parseRange = (header: string | undefined, size: number): ByteRange | undefined => {
  if (header === undefined) return undefined;
  if (/^bytes=[^,]+,/.test(header)) throw notImplemented('several ranges in one request');
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  const [, first = '', last = ''] = parts ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start < size && start <= end) return { start, end };
  const fields = { RangeRequested: header, ActualObjectSize: size };
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, fields);
};
