import type { Entity } from '../schema/entity.ts';
import { issuesOf, type Issue } from '../schema/issues.ts';
import { recordSchema } from '../schema/record.ts';
import { toRecord, type AttributeMap } from './attribute-value.ts';
import { encoderOfFields, encodeTimestamp } from './encode.ts';

/** A DynamoDB stream record, as Lambda gets it: the part a change row is made of. */
export interface StreamRecord {
  readonly eventID?: string;
  readonly eventName?: string;
  readonly dynamodb?: {
    readonly ApproximateCreationDateTime?: number;
    readonly SequenceNumber?: string;
    readonly NewImage?: AttributeMap;
    readonly OldImage?: AttributeMap;
  };
  readonly userIdentity?: { readonly principalId?: string; readonly type?: string };
}

/** A row for the lake as a line of JSON, or why the record does not fit its schema. */
export type Row =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly issues: readonly Issue[] };

const OPERATIONS: Readonly<Record<string, string>> = { INSERT: 'insert', MODIFY: 'modify', REMOVE: 'remove' };
const SEQUENCE_DIGITS = 40;
const TTL_PRINCIPAL = 'dynamodb.amazonaws.com';

const refused = (pointer: string, message: string): Row => ({ ok: false, issues: [{ pointer, message }] });

const isExpiry = ({ eventName, userIdentity }: StreamRecord): boolean =>
  eventName === 'REMOVE' && userIdentity?.type === 'Service' && userIdentity.principalId === TTL_PRINCIPAL;

const seconds = (time: number | undefined): string =>
  encodeTimestamp(new Date((time ?? 0) * 1000).toISOString());

const describeChange = (
  record: StreamRecord,
  operation: string,
  version: number,
  schemaVersion: number,
): string =>
  `{"change_operation":"${operation}",` +
  `"change_sequence":"${(record.dynamodb?.SequenceNumber ?? '').padStart(SEQUENCE_DIGITS, '0')}",` +
  `"change_version":${version},` +
  `"change_time":${seconds(record.dynamodb?.ApproximateCreationDateTime)},` +
  `"change_schema_version":${schemaVersion},` +
  `"change_event_id":${JSON.stringify(record.eventID ?? '')},` +
  `"change_expired":${isExpiry(record)}`;

const readImage = (image: AttributeMap): Record<string, unknown> | string => {
  try {
    return toRecord(image);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
};

/**
 * Compiles an entity into a function from a stream record to its change row: one JSON document whose keys are the
 * columns of the change log. A removal carries the last image and the version after it, so that it sorts last.
 *
 * @example
 * const toRow = changeRow(order);
 * const row = toRow(record);
 * if (row.ok) send(row.json);
 */
export const changeRow = (entity: Entity): ((record: StreamRecord) => Row) => {
  const schema = recordSchema(entity);
  const encode = encoderOfFields(entity.fields);
  return (record) => {
    const operation = OPERATIONS[record.eventName ?? ''];
    if (!operation) return refused('/eventName', `"${record.eventName}" is no stream operation`);
    const image = operation === 'remove' ? record.dynamodb?.OldImage : record.dynamodb?.NewImage;
    if (!image) return refused('/dynamodb', 'The image is missing: the stream must be NEW_AND_OLD_IMAGES');
    const item = readImage(image);
    if (typeof item === 'string') return refused('', item);
    const { schemaVersion = entity.version, ...fields } = item;
    const parsed = schema.safeParse(fields);
    if (!parsed.success) return { ok: false, issues: issuesOf(parsed.error) };
    const version = Number(parsed.data.version) + (operation === 'remove' ? 1 : 0);
    return {
      ok: true,
      json: `${describeChange(record, operation, version, Number(schemaVersion))},${encode(parsed.data)}}`,
    };
  };
};
