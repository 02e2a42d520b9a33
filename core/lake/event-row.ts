import type { Event } from '../schema/event.ts';
import { encoderOfFields, encodeTimestamp } from './encode.ts';

/** An event as the collector took it. Times are RFC 3339 in UTC with milliseconds. */
export interface CollectedEvent {
  readonly id: string;
  readonly time: string;
  readonly receivedAt: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const withComma = (members: string): string => (members === '' ? '' : `,${members}`);

/**
 * Compiles an event into a function from what was collected to its row: one JSON document whose keys are the
 * columns of the event's table.
 *
 * @example
 * const toRow = eventRow(productViewed);
 */
export const eventRow = (event: Event): ((collected: CollectedEvent) => string) => {
  const encode = encoderOfFields(event.fields);
  return ({ id, time, receivedAt, subject, data }) =>
    `{"event_id":${JSON.stringify(id)},` +
    `"event_time":${encodeTimestamp(time)},` +
    `"event_received_at":${encodeTimestamp(receivedAt)},` +
    `"event_schema_version":${event.version},` +
    `"event_subject":${JSON.stringify(subject)}` +
    `${withComma(encode(data))}}`;
};
