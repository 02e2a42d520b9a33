import { isUtf8 } from 'node:buffer';
import { parseJson } from './text.ts';

/** A row for the lake, as it was packed. */
export interface PackedRow {
  readonly eventId: string;
  readonly json: string;
  readonly columns: Readonly<Record<string, unknown>>;
}

const toRow = (json: string): PackedRow | undefined => {
  const columns = parseJson(json);
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns)) return undefined;
  const { change_event_id: ofChange, event_id: ofEvent } = columns as Record<string, unknown>;
  const eventId = ofChange ?? ofEvent;
  if (typeof eventId !== 'string' || eventId === '') return undefined;
  return { eventId, json, columns: columns as Record<string, unknown> };
};

/**
 * The rows of a packed record, in base64 as Firehose keeps it: JSON objects, one a line, each with the id of its event. Undefined
 * unless all of it can be read.
 *
 * @example
 * rowsOf(Buffer.from('{"event_id":"a"}\n{"event_id":"b"}').toString('base64'))?.length // 2
 */
export const rowsOf = (rawData: string): PackedRow[] | undefined => {
  const bytes = Buffer.from(rawData, 'base64');
  if (!isUtf8(bytes)) return undefined;
  const lines = bytes.toString('utf8').split('\n');
  const rows = lines.filter((line) => line.trim() !== '').map(toRow);
  if (rows.length === 0) return undefined;
  return rows.every((row) => row !== undefined) ? rows : undefined;
};
