import { QUARANTINE_PREFIX, REJECTED_PREFIX } from '../deployment.ts';
import { toRecord, type AttributeMap } from '../lake/attribute-value.ts';
import { idOfPlace, idOfRecord, idOfRows, unreadable, type Entry } from './entry.ts';
import { linesOf, parseErrorLine, schemaOfErrors, type ErrorLine } from './error-line.ts';
import { parseGivenUp, type GivenUp, type GivenUpRecord } from './given-up.ts';
import { quarantinedSchema, rejectedSchema } from './quarantined.ts';
import { rowsOf, type PackedRow } from './rows.ts';
import { parseJson } from './text.ts';

/** What the parsers know of the schemas. */
export interface Known {
  /** Columns that a row of an entity or event is known by. */
  readonly keyColumns: (schema: string) => readonly string[];
  /** The entity whose table a stream is of. */
  readonly entityOf: (streamArn: string) => string | undefined;
}

/** Name of the event that a quarantine object is of, by its key. */
export const eventIdOf = (object: string): string => {
  const name = object.slice(object.lastIndexOf('/') + 1).replace(/\.json$/, '');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};

const folderOf = (object: string, prefix: string): string | null =>
  object.slice(prefix.length).split('/')[0] || null;

/** The place of a record that did not fit; its reason names places alone. */
const whyOf = (condition: string, pointers: readonly string[]): string =>
  pointers.length === 0 ? condition : `${condition}: ${pointers.map((pointer) => pointer || '/').join(', ')}`;

/** The entry of a stream record in quarantine: the relay's, or a given up one that was taken apart. */
export const quarantinedEntry = (object: string, text: string): Entry => {
  const { data } = quarantinedSchema.safeParse(parseJson(text));
  const id = idOfRecord(eventIdOf(object));
  if (!data)
    return unreadable(
      'relay',
      { object, id, entity: folderOf(object, QUARANTINE_PREFIX) },
      'it is no quarantine object of a version known here.',
    );
  const state = data.sentAt === undefined ? 'waiting' : 'sent';
  return {
    id,
    place: data.condition === 'DoesNotFit' ? 'relay' : 'mapping',
    object,
    state: data.condition === 'Unreadable' ? 'unreadable' : state,
    when: data.quarantinedAt,
    entity: data.entity,
    key: data.key ?? null,
    why: whyOf(
      data.condition,
      data.reason.map(({ pointer }) => pointer),
    ),
    tried: data.tried,
    rows: data.rows,
  };
};

const keyOfRow = (row: PackedRow | undefined, columns: readonly string[]): unknown =>
  row && columns.length > 0 ? Object.fromEntries(columns.map((name) => [name, row.columns[name]])) : null;

interface RowsOrigin {
  readonly object: string;
  readonly schema: string | null;
  /** What it is known by when its rows cannot be read. */
  readonly source: string;
}

const rowsEntry = (
  { object, schema, source }: RowsOrigin,
  { code, message, when, rawData }: ErrorLine,
  { tried, state }: Pick<Entry, 'tried' | 'state'>,
  known: Known,
): Entry => {
  const rows = rowsOf(rawData);
  return {
    id: rows ? idOfRows(rows.map(({ eventId }) => eventId)) : idOfPlace(source),
    place: 'firehose',
    object,
    state: rows ? state : 'unreadable',
    when,
    entity: schema,
    key: keyOfRow(rows?.[0], schema === null ? [] : known.keyColumns(schema)),
    why: message === '' ? code : `${code}: ${message}`,
    tried,
    rows: rows?.length ?? 0,
  };
};

/** The entry of rows that Firehose could not convert, in an object of their own. */
export const rejectedEntry = (object: string, text: string, known: Known): Entry => {
  const { data } = rejectedSchema.safeParse(parseJson(text));
  const schema = folderOf(object, REJECTED_PREFIX);
  if (!data)
    return unreadable('firehose', { object, entity: schema }, 'it is no object of a version known here.');
  const { schema: name, source, failedAt, sentAt, tried } = data;
  const state = sentAt === undefined ? 'waiting' : 'sent';
  return rowsEntry({ object, schema: name, source }, { ...data, when: failedAt }, { tried, state }, known);
};

/** The entries of an error object of Firehose, one a line. */
export const errorEntries = (object: string, text: string, known: Known): Entry[] => {
  const schema = schemaOfErrors(object) ?? null;
  const lines = linesOf(text);
  if (lines.length === 0) return [unreadable('firehose', { object, entity: schema }, 'it is empty.')];
  return lines.map(({ number, line }) => {
    const source = `${object}#${number}`;
    const parsed = parseErrorLine(line);
    return parsed
      ? rowsEntry({ object, schema, source }, parsed, { tried: 1, state: 'new' }, known)
      : unreadable(
          'firehose',
          { object, id: idOfPlace(source), entity: schema },
          `line ${number} is no error of a format conversion.`,
        );
  });
};

const plainKey = (keys: AttributeMap | undefined): unknown => {
  try {
    return keys ? toRecord(keys) : null;
  } catch {
    return null;
  }
};

const givenUpEntry = (
  object: string,
  { condition, tried, when }: GivenUp,
  { eventID, eventSourceARN = '', dynamodb }: GivenUpRecord,
  { entityOf }: Known,
): Entry => ({
  id: idOfRecord(eventID),
  place: 'mapping',
  object,
  state: 'new',
  when,
  entity: entityOf(eventSourceARN) ?? null,
  key: plainKey(dynamodb?.Keys),
  why: condition,
  tried,
  rows: 1,
});

/** The entries of a batch that an event source mapping gave up, one a record. No value of a record is in them but its key. */
export const givenUpEntries = (object: string, text: string, known: Known): Entry[] => {
  const batch = parseGivenUp(text);
  return batch
    ? batch.records.map((record) => givenUpEntry(object, batch, record, known))
    : [unreadable('mapping', { object, id: idOfRecord(object) }, 'it is no batch of a version known here.')];
};
