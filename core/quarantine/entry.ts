import { hash } from 'node:crypto';
import { QUARANTINE_PREFIX, REJECTED_PREFIX } from '../deployment.ts';

/** Where something fell out: it does not fit, its event source mapping gave it up, or Firehose could not convert it. */
export type Place = 'relay' | 'mapping' | 'firehose';

/**
 * What can be done with an entry: nothing yet, as it lies where AWS put it and is not taken apart; it can be replayed; it was
 * replayed and has not arrived yet; or nobody can read it.
 */
export type State = 'new' | 'waiting' | 'sent' | 'unreadable';

/** Something that fell out on its way to the lake. */
export interface Entry {
  /** Sixteen hexadecimal digits, the same wherever it lies. */
  readonly id: string;
  readonly place: Place;
  /** Key of the object it is in, in the lake bucket. */
  readonly object: string;
  readonly state: State;
  /** RFC 3339; null when nothing says. */
  readonly when: string | null;
  /** Name of the entity or event; null when it cannot be told. */
  readonly entity: string | null;
  /** Key of the record, or of the first of several; null when it cannot be told. */
  readonly key: unknown;
  readonly why: string;
  readonly tried: number;
  readonly rows: number;
}

const ID_DIGITS = 16;

const idOf = (kind: string, text: string): string =>
  hash('sha256', `${kind}\n${text}`, 'hex').slice(0, ID_DIGITS);

/** The id of a stream record: the same in a batch that was given up and in quarantine. */
export const idOfRecord = (eventId: string): string => idOf('record', eventId);

/** The id of rows, by the ids of their events: the same however often they fail. */
export const idOfRows = (eventIds: readonly string[]): string => idOf('rows', eventIds.join('\n'));

/** The id of something that cannot be read, by where it lies. */
export const idOfPlace = (place: string): string => idOf('place', place);

/** What cannot be read still is something that fell out. */
export const unreadable = (
  place: Place,
  { object, id = idOfPlace(object), entity = null }: { object: string; id?: string; entity?: string | null },
  why: string,
): Entry => ({
  id,
  place,
  object,
  state: 'unreadable',
  when: null,
  entity,
  key: null,
  why: `It cannot be read: ${why}`,
  tried: 0,
  rows: 0,
});

/** Whether an entry is in an object of its own, as all are that can be replayed. */
export const isTakenApart = ({ object }: Pick<Entry, 'object'>): boolean =>
  object.startsWith(QUARANTINE_PREFIX) || object.startsWith(REJECTED_PREFIX);
