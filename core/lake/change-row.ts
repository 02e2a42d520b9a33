import type { Entity } from '../schema/entity.ts';
import { issuesOf, type Issue } from '../schema/issues.ts';
import { recordSchema } from '../schema/record.ts';
import { isOutdated, upgraded } from '../schema/upgrade.ts';
import { SCHEMA_VERSION, TIME_TO_LIVE, withoutInternal } from '../table/internal.ts';
import { toRecord, type AttributeMap } from './attribute-value.ts';
import { headWriter, issuesOfHead, operationOf, type ChangeHead, type Operation } from './change-head.ts';
import { encoderOfFields } from './encode.ts';
import { imageWriter } from './image/compile.ts';
import { createSink, writeAscii, writeText, type Sink } from './sink.ts';

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

/** Writes the row of a stream record. Answers with why it does not fit, and then leaves the sink as it was. */
export type WriteRow = (record: StreamRecord, sink: Sink) => readonly Issue[] | undefined;

const TTL_PRINCIPAL = 'dynamodb.amazonaws.com';

const issue = (pointer: string, message: string): readonly Issue[] => [{ pointer, message }];

const isExpiry = ({ userIdentity }: StreamRecord): boolean =>
  userIdentity?.type === 'Service' && userIdentity.principalId === TTL_PRINCIPAL;

const writtenUnder = ({ version }: Entity, image: AttributeMap): number =>
  image[SCHEMA_VERSION] ? Number(image[SCHEMA_VERSION].N) : version;

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
});

const readImage = (image: AttributeMap): Record<string, unknown> | string => {
  try {
    return toRecord(image);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
};

/** The record after the entity's upgrade steps, or why one of them cannot be done. */
const inTodaysShape = (
  entity: Entity,
  record: Readonly<Record<string, unknown>>,
  version: number,
): Readonly<Record<string, unknown>> | string => {
  try {
    return upgraded(entity, record, version);
  } catch (error) {
    return `The upgrade from version ${version} of its schema failed: ${String(error)}`;
  }
};

/** Writes an image by its schema: slower than the compiled writer, and the one that decides and explains. */
const imageParser = (entity: Entity) => {
  const schema = recordSchema(entity);
  const encode = encoderOfFields(entity.fields);
  return (image: AttributeMap, sink: Sink): readonly Issue[] | undefined => {
    const item = readImage(image);
    if (typeof item === 'string') return issue('', item);
    const current = inTodaysShape(entity, withoutInternal(item), writtenUnder(entity, image));
    if (typeof current === 'string') return issue('', current);
    const parsed = schema.safeParse(current);
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
 * const issues = writeRow(record, sink);
 */
export const changeRowWriter = (entity: Entity): WriteRow => {
  const writeHead = headWriter();
  const writeImage = imageWriter(recordSchema(entity), entity.fields, [
    SCHEMA_VERSION,
    ...(entity.expires === undefined ? [] : [TIME_TO_LIVE]),
  ]);
  const parseImage = imageParser(entity);
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
  return (record, sink) => {
    const operation = operationOf(record.eventName);
    if (!operation) return issue('/eventName', `"${record.eventName}" is no stream operation`);
    const image = operation === 'remove' ? record.dynamodb?.OldImage : record.dynamodb?.NewImage;
    if (!image) return issue('/dynamodb', 'The image is missing: the stream must be NEW_AND_OLD_IMAGES');
    const head = headOf(entity, operation, record, image);
    return issuesOfHead(head) ?? writeRow(head, image, sink);
  };
};

/**
 * Compiles an entity into a function from a stream record to its change row, as `changeRowWriter` writes it.
 *
 * @example
 * const toRow = changeRow(order);
 * const row = toRow(record);
 * if (row.ok) send(row.json);
 */
export const changeRow = (entity: Entity): ((record: StreamRecord) => Row) => {
  const writeRow = changeRowWriter(entity);
  const sink = createSink();
  return (record) => {
    sink.at = 0;
    const issues = writeRow(record, sink);
    return issues ? { ok: false, issues } : { ok: true, json: sink.bytes.toString('utf8', 0, sink.at) };
  };
};
