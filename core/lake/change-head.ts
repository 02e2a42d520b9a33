import type { Issue } from '../schema/issues.ts';
import { encodeTimestamp } from './encode.ts';
import { writeAscii, writeBytes, writeString, type Sink } from './sink.ts';

/** What a change row says of the change itself. */
export interface ChangeHead {
  readonly operation: Operation;
  readonly sequence: string;
  readonly version: number;
  /** Epoch seconds. */
  readonly time: number;
  readonly schemaVersion: number;
  readonly eventId: string;
  readonly expired: boolean;
  /** Subject of the token the change was asked for with, if that is known. */
  readonly actor?: string | undefined;
}

const OPERATIONS = { INSERT: 'insert', MODIFY: 'modify', REMOVE: 'remove', SNAPSHOT: 'snapshot' } as const;

export type Operation = (typeof OPERATIONS)[keyof typeof OPERATIONS];

/** The operation of a stream's event name, if it is one; `SNAPSHOT` is of rows that did not come from the stream. */
export const operationOf = (eventName: string | undefined): Operation | undefined =>
  eventName !== undefined && Object.hasOwn(OPERATIONS, eventName)
    ? OPERATIONS[eventName as keyof typeof OPERATIONS]
    : undefined;

/** What event ids of rows that did not come from the stream begin with. */
export const SYNTHETIC = 'snapshot:';

const SEQUENCE_DIGITS = 40;

const isSequence = (text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text.length > 0 && text.length <= SEQUENCE_DIGITS;
};
const MAX_SECONDS = 253_402_300_799;

/** Why the head of a row cannot be written, if it cannot. */
export const issuesOfHead = ({ sequence, time, schemaVersion }: ChangeHead): Issue[] | undefined => {
  if (!isSequence(sequence))
    return [{ pointer: '/dynamodb/SequenceNumber', message: 'It is not 1 to 40 digits' }];
  if (!(time >= 0 && time <= MAX_SECONDS))
    return [{ pointer: '/dynamodb/ApproximateCreationDateTime', message: 'It is no time in epoch seconds' }];
  if (!Number.isSafeInteger(schemaVersion))
    return [{ pointer: '/schemaVersion', message: 'It is no whole number' }];
  return undefined;
};

const piece = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

const ZEROS = '0'.repeat(SEQUENCE_DIGITS);

const opening = (operation: Operation, expired: boolean): Uint8Array =>
  piece(`{"change_operation":"${operation}","change_expired":${expired},"change_sequence":"${ZEROS}`);

/** The row up to its sequence number, with zeros where that will stand. */
const OPENINGS: Readonly<Record<Operation, Uint8Array>> = {
  insert: opening('insert', false),
  modify: opening('modify', false),
  remove: opening('remove', false),
  snapshot: opening('snapshot', false),
};
const EXPIRED = opening('remove', true);
const VERSION = piece('","change_version":');
const ACTOR = piece(',"change_actor":');

const writeOpening = (sink: Sink, { operation, expired, sequence }: ChangeHead): void => {
  writeBytes(sink, expired ? EXPIRED : OPENINGS[operation]);
  const begin = sink.at - sequence.length;
  for (let index = 0; index < sequence.length; index += 1)
    sink.bytes[begin + index] = sequence.charCodeAt(index);
};

/** Stream times are whole seconds and schema versions rarely change, so that neighbours share these bytes. */
const timeWriter = () => {
  let last = { time: Number.NaN, schemaVersion: 0, bytes: piece('') };
  return (sink: Sink, { time, schemaVersion }: ChangeHead): void => {
    if (time !== last.time || schemaVersion !== last.schemaVersion) {
      const instant = encodeTimestamp(new Date(time * 1000).toISOString());
      const text = `,"change_time":${instant},"change_schema_version":${schemaVersion},"change_event_id":`;
      last = { time, schemaVersion, bytes: piece(text) };
    }
    writeBytes(sink, last.bytes);
  };
};

/** Compiles a writer of heads: the opening brace of a row and all `change_` columns. */
export const headWriter = (): ((head: ChangeHead, sink: Sink) => void) => {
  const writeTime = timeWriter();
  return (head, sink) => {
    writeOpening(sink, head);
    writeBytes(sink, VERSION);
    writeAscii(sink, String(head.version));
    writeTime(sink, head);
    writeString(sink, head.eventId);
    if (head.actor === undefined) return;
    writeBytes(sink, ACTOR);
    writeString(sink, head.actor);
  };
};
