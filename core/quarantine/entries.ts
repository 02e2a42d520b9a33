import { ERRORS_PREFIX, GIVEN_UP_PREFIX, QUARANTINE_PREFIX, REJECTED_PREFIX } from '../deployment.ts';
import { isTakenApart, unreadable, type Entry, type Place } from './entry.ts';
import { errorEntries, givenUpEntries, quarantinedEntry, rejectedEntry, type Known } from './parse.ts';
import { textOf } from './text.ts';

type Parse = (object: string, text: string, known: Known) => Entry[];

interface Reader {
  readonly prefix: string;
  readonly place: Place;
  readonly parse: Parse;
}

const READERS: readonly Reader[] = [
  {
    prefix: QUARANTINE_PREFIX,
    place: 'relay',
    parse: (object, text) => [quarantinedEntry(object, text)],
  },
  {
    prefix: REJECTED_PREFIX,
    place: 'firehose',
    parse: (object, text, known) => [rejectedEntry(object, text, known)],
  },
  { prefix: GIVEN_UP_PREFIX, place: 'mapping', parse: givenUpEntries },
  { prefix: ERRORS_PREFIX, place: 'firehose', parse: errorEntries },
];

/** Where everything lies that fell out on its way to the lake, in the lake bucket. */
export const PREFIXES: readonly string[] = READERS.map(({ prefix }) => prefix);

/**
 * What an object of one of the places says, in one form whichever it is. What cannot be read becomes an entry that says so.
 *
 * @example
 * entriesOf('errors/changes/order/format-conversion-failed/dt=2026-11-26/x', bytes, known)
 * // [{ id: '5f0c…', place: 'firehose', entity: 'order', why: 'DataFormatConversion.MalformedData: …', rows: 120, … }]
 */
export const entriesOf = (object: string, bytes: Uint8Array, known: Known): Entry[] => {
  const reader = READERS.find(({ prefix }) => object.startsWith(prefix));
  if (!reader) return [];
  const text = textOf(bytes);
  return text === undefined
    ? [unreadable(reader.place, { object }, 'it is no text, or its gzip is broken.')]
    : reader.parse(object, text, known);
};

/** Each entry once: one that is kept by itself goes before the same where AWS put it. In order of time. */
export const inOrder = (entries: readonly Entry[]): Entry[] => {
  const byId = new Map<string, Entry>();
  for (const entry of entries) {
    const known = byId.get(entry.id);
    if (!known || !isTakenApart(known)) byId.set(entry.id, entry);
  }
  return [...byId.values()].toSorted((one, other) => (one.when ?? '').localeCompare(other.when ?? ''));
};
