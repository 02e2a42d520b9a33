import type { Event } from '../schema/event.ts';
import { isSubject } from '../privacy/subject.ts';
import { createSealing, NOBODY } from '../privacy/sealing.ts';
import { NO_KEYS, type SubjectKeys } from '../privacy/subject-key.ts';
import { takesKey, writtenFields } from './row-subject.ts';
import { atTop, encoderOfFields, encodeTimestamp } from './encode.ts';

/** An event as the collector took it. Times are RFC 3339 in UTC with milliseconds. */
export interface CollectedEvent {
  readonly id: string;
  readonly time: string;
  readonly receivedAt: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Compiles an event into a function that tells whose key the row of some data takes; undefined when it takes none, as nothing
 * in it is personal.
 *
 * @example
 * eventKeyReader(searched)({ customerId: 'c1', text: 'blue' }) // c1
 */
export const eventKeyReader = (
  event: Event,
): ((data: Readonly<Record<string, unknown>>) => string | undefined) => {
  const names = writtenFields({ ...event, key: [] })
    .filter(takesKey)
    .map(({ name }) => name);
  return (data) => {
    const owner = event.subject === undefined ? undefined : data[event.subject];
    return isSubject(owner) && names.some((name) => data[name] !== undefined) ? owner : undefined;
  };
};

const withComma = (members: string): string => (members === '' ? '' : `,${members}`);

/**
 * Compiles an event into a function from what was collected to its row: one JSON document whose keys are the
 * columns of the event's table, personal values under the key of their subject. It throws Error when a key it takes was not
 * read: `eventKeyReader` says which.
 *
 * @example
 * const toRow = eventRow(productViewed);
 */
export const eventRow = (event: Event): ((collected: CollectedEvent, keys?: SubjectKeys) => string) => {
  const sealing = createSealing();
  const subjectOf = eventKeyReader(event);
  const encode = encoderOfFields(writtenFields({ ...event, key: [] }), atTop(sealing));
  const toRow = ({ id, time, receivedAt, subject, data }: CollectedEvent): string =>
    `{"event_id":${JSON.stringify(id)},` +
    `"event_time":${encodeTimestamp(time)},` +
    `"event_received_at":${encodeTimestamp(receivedAt)},` +
    `"event_schema_version":${event.version},` +
    `"event_subject":${JSON.stringify(subject)}` +
    `${withComma(encode(data))}}`;
  return (collected, keys = NO_KEYS) => {
    const owner = subjectOf(collected.data);
    sealing.key = owner === undefined ? NOBODY : keys.get(owner);
    return toRow(collected);
  };
};
