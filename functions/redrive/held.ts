import { QUARANTINE_PREFIX } from '../../core/deployment.ts';
import { eventIdOf } from '../../core/quarantine/parse.ts';
import { quarantinedSchema, rejectedSchema } from '../../core/quarantine/quarantined.ts';
import type { Outcome, Redriven } from '../../core/quarantine/redrive.ts';
import { rowsOf, type PackedRow } from '../../core/quarantine/rows.ts';
import { parseJson } from '../../core/quarantine/text.ts';
import type { Quarantined, Rejected } from '../../core/quarantine/quarantined.ts';
import type { Read } from './ports.ts';

interface Kept {
  readonly object: string;
  readonly etag: string;
  /** Events whose rows make it whole. */
  readonly events: readonly string[];
}

/** An entry that can be replayed: a stream record, or rows. */
export type Held =
  | (Kept & { readonly kind: 'record'; readonly content: Quarantined })
  | (Kept & { readonly kind: 'rows'; readonly content: Rejected; readonly rows: readonly PackedRow[] });

/** What became of an entry. */
export const told = (
  { object, events }: Pick<Held, 'object' | 'events'>,
  outcome: Outcome,
  why?: string,
): Redriven => ({ object, outcome, rows: events.length, ...(why === undefined ? {} : { why }) });

const heldRecord = (object: string, { text, etag }: Read): Held | undefined => {
  const content = quarantinedSchema.safeParse(parseJson(text)).data;
  return content && { kind: 'record', object, etag, content, events: [eventIdOf(object)] };
};

const heldRows = (object: string, { text, etag }: Read): Held | undefined => {
  const content = rejectedSchema.safeParse(parseJson(text)).data;
  const rows = content && rowsOf(content.rawData);
  return rows && { kind: 'rows', object, etag, content, rows, events: rows.map(({ eventId }) => eventId) };
};

/** Reads an object of quarantine; undefined for one that nobody can read. */
export const toHeld = (object: string, read: Read): Held | undefined =>
  object.startsWith(QUARANTINE_PREFIX) ? heldRecord(object, read) : heldRows(object, read);

/** The text of an entry's object, sent or not. */
export const textOf = ({ content }: Pick<Held, 'content'>, sentAt: Date | undefined): string =>
  JSON.stringify({ ...content, sentAt: sentAt?.toISOString() });
