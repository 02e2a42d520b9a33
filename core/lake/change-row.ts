import type { Entity } from '../schema/entity.ts';
import { issuesOf, type Issue } from '../schema/issues.ts';
import { recordSchema } from '../schema/record.ts';
import { isOutdated } from '../schema/upgrade.ts';
import { createSealing, NOBODY, type Sealing } from '../privacy/sealing.ts';
import { NO_KEYS, type SubjectKeys } from '../privacy/subject-key.ts';
import { CHANGED_BY, SCHEMA_VERSION, TIME_TO_LIVE } from '../table/internal.ts';
import type { AttributeMap } from './attribute-value.ts';
import { headWriter, issuesOfHead, operationOf, type ChangeHead, type Operation } from './change-head.ts';
import { atTop, encoderOfFields } from './encode.ts';
import { imageWriter } from './image/compile.ts';
import { keyReader, writtenFields } from './row-subject.ts';
import { createSink, writeAscii, writeText, type Sink } from './sink.ts';
import { storedRecord, writtenUnder } from './stored-record.ts';

/** A DynamoDB stream record, as Lambda gets it: the part a change row is made of. */
export interface StreamRecord {
  readonly eventID?: string;
  readonly eventName?: string;
  readonly dynamodb?: {
    readonly ApproximateCreationDateTime?: number;
    readonly SequenceNumber?: string;
    readonly Keys?: AttributeMap;
    readonly NewImage?: AttributeMap;
    readonly OldImage?: AttributeMap;
  };
  readonly userIdentity?: { readonly principalId?: string; readonly type?: string };
}

/** A row for the lake as a line of JSON, or why the record does not fit its schema. */
export type Row =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/**
 * Writes the row of a stream record, personal values under the key of their subject. Answers with why it does not fit, and then
 * leaves the sink as it was. Throws Error when a key it takes was not read: `keyReader` says which.
 */
export type WriteRow = (record: StreamRecord, sink: Sink, keys: SubjectKeys) => readonly Issue[] | undefined;

const TTL_PRINCIPAL = 'dynamodb.amazonaws.com';

const issue = (pointer: string, message: string): readonly Issue[] => [{ pointer, message }];

const isExpiry = ({ userIdentity }: StreamRecord): boolean =>
  userIdentity?.type === 'Service' && userIdentity.principalId === TTL_PRINCIPAL;

const actorOf = (image: AttributeMap): string | undefined => {
  const by = image[CHANGED_BY]?.S;
  return typeof by === 'string' ? by : undefined;
};

/** The version after the change: the image of a removal is the one before it. */
const headOf = (
  entity: Entity,
  operation: Operation,
  record: StreamRecord,
  image: AttributeMap,
): ChangeHead => ({
  operation,
  sequence: record.dynamodb?.SequenceNumber ?? '',
  version: Number(image.version?.N) + (operation === 'remove' ? 1 : 0),
  time: record.dynamodb?.ApproximateCreationDateTime ?? Number.NaN,
  schemaVersion: writtenUnder(entity, image),
  eventId: record.eventID ?? '',
  expired: operation === 'remove' && isExpiry(record),
  actor: operation === 'remove' ? undefined : actorOf(image),
});

/** The image a row is made of: the new one, or the last one of what was removed. */
export const imageOf = ({ eventName, dynamodb }: StreamRecord): AttributeMap | undefined =>
  eventName === 'REMOVE' ? dynamodb?.OldImage : dynamodb?.NewImage;

/** Writes an image by its schema: slower than the compiled writer, and the one that decides and explains. */
const imageParser = (entity: Entity, sealing: Sealing) => {
  const schema = recordSchema(entity);
  const encode = encoderOfFields(writtenFields(entity), atTop(sealing));
  return (image: AttributeMap, sink: Sink): readonly Issue[] | undefined => {
    const record = storedRecord(entity, image);
    if (typeof record === 'string') return issue('', record);
    const parsed = schema.safeParse(record);
    if (!parsed.success) return issuesOf(parsed.error);
    writeText(sink, `,${encode(parsed.data)}`);
    return undefined;
  };
};

/**
 * Compiles an entity into a writer of change rows: one JSON document a record, whose keys are the columns of the
 * change log. A removal carries the last image and the version after it, so that it sorts last. Every row is
 * validated: by the compiled writer where that is certain, else by the schema itself.
 *
 * @example
 * const writeRow = changeRowWriter(order);
 * const issues = writeRow(record, sink, keys);
 */
export const changeRowWriter = (entity: Entity): WriteRow => {
  const writeHead = headWriter();
  const sealing = createSealing();
  const subjectOf = keyReader(entity);
  const writeImage = imageWriter(recordSchema(entity), writtenFields(entity), {
    sealing,
    aside: [SCHEMA_VERSION, CHANGED_BY, ...(entity.expires === undefined ? [] : [TIME_TO_LIVE])],
  });
  const parseImage = imageParser(entity, sealing);
  const writeBody = (version: number, image: AttributeMap, sink: Sink): readonly Issue[] | undefined => {
    const begin = sink.at;
    if (!isOutdated(entity, version) && writeImage(image, sink)) return undefined;
    sink.at = begin;
    return parseImage(image, sink);
  };
  const writeRow = (head: ChangeHead, image: AttributeMap, sink: Sink): readonly Issue[] | undefined => {
    const begin = sink.at;
    writeHead(head, sink);
    const issues = writeBody(head.schemaVersion, image, sink);
    if (issues) sink.at = begin;
    else writeAscii(sink, '}');
    return issues;
  };
  return (record, sink, keys) => {
    const operation = operationOf(record.eventName);
    if (!operation) return issue('/eventName', `"${record.eventName}" is no stream operation`);
    const image = imageOf(record);
    if (!image) return issue('/dynamodb', 'The image is missing: the stream must be NEW_AND_OLD_IMAGES');
    const subject = subjectOf(image);
    sealing.key = subject === undefined ? NOBODY : keys.get(subject);
    const head = headOf(entity, operation, record, image);
    return issuesOfHead(head) ?? writeRow(head, image, sink);
  };
};

/**
 * Compiles an entity into a function from a stream record to its change row, as `changeRowWriter` writes it.
 *
 * @example
 * const toRow = changeRow(order);
 * const row = toRow(record, keys);
 * if (row.ok) send(row.json);
 */
export const changeRow = (entity: Entity): ((record: StreamRecord, keys?: SubjectKeys) => Row) => {
  const writeRow = changeRowWriter(entity);
  const sink = createSink();
  return (record, keys = NO_KEYS) => {
    sink.at = 0;
    const issues = writeRow(record, sink, keys);
    return issues ? { ok: false, issues } : { ok: true, json: sink.bytes.toString('utf8', 0, sink.at) };
  };
};
