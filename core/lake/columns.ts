import type { Entity } from '../schema/entity.ts';
import type { Event } from '../schema/event.ts';
import type { Field } from '../schema/field-type.ts';
import type { LakePolicy } from '../schema/personal.ts';
import { columnType } from './column-type.ts';
import { lakeFields } from './lake-fields.ts';

/** A column of a Glue table. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

const column = (name: string, type: string, comment: string): Column => ({ name, type, comment });

/** What the column of the actor says of itself. */
export const ACTOR =
  'Subject of the token that asked for it; null for removals and what the API did not write';

/** What every row of a change log says of the change itself, before the entity's own columns. */
const CHANGE_COLUMNS: readonly Column[] = [
  column(
    'change_operation',
    'string',
    'insert, modify or remove; snapshot for what a backfill or a repair saw',
  ),
  column('change_sequence', 'string', 'Stream sequence number, padded to 40 digits: orders changes'),
  column('change_version', 'bigint', 'Version of the record after the change'),
  column('change_time', 'timestamp', 'When the table took the change, floored to the second'),
  column('change_schema_version', 'bigint', 'Version of the schema the row was written under'),
  column('change_event_id', 'string', 'Stream event id: the same for a change delivered twice'),
  column('change_expired', 'boolean', 'True when time to live removed the record, not a person'),
  column('change_actor', 'string', ACTOR),
];

/** What every row of an event table says of the event itself. */
const EVENT_COLUMNS: readonly Column[] = [
  column('event_id', 'string', 'Given by the client or made on arrival: the same for an event sent twice'),
  column('event_time', 'timestamp', 'When it happened, as the client says, else when it arrived'),
  column('event_received_at', 'timestamp', 'When the collector took it'),
  column('event_schema_version', 'bigint', 'Version of the schema the row was written under'),
  column('event_subject', 'string', 'Who sent it: subject of the token'),
];

const MAX_COMMENT = 255;

/** A comment in the length Glue takes. Source: https://docs.aws.amazon.com/glue/latest/webapi/API_Column.html */
export const shortened = (comment: string): string => comment.slice(0, MAX_COMMENT);

/** What a column says of how a personal field arrived in it. */
const SAID: Partial<Record<LakePolicy, string>> = {
  token: 'personal, sealed',
  year: 'personal, the first day of the year',
  month: 'personal, the first day of the month',
};

/** What a column says of itself. */
export const columnComment = ({ description, personal }: Field): string => {
  const more = personal && SAID[personal.lake];
  return shortened([description, more].filter(Boolean).join('; '));
};

const fieldColumn = (field: Field): Column =>
  column(field.column, columnType(field.type), columnComment(field));

/** The columns of an entity's own fields: those of its current-state view. */
export const entityColumns = (entity: Entity): Column[] => lakeFields(entity.fields).map(fieldColumn);

/** The columns of an entity's change log. */
export const changeColumns = (entity: Entity): Column[] => [...CHANGE_COLUMNS, ...entityColumns(entity)];

/** The columns of an event's table. */
export const eventColumns = (event: Event): Column[] => [
  ...EVENT_COLUMNS,
  ...lakeFields(event.fields).map(fieldColumn),
];

/** The partition key of every log table: the day of arrival, in UTC. */
export const PARTITION = column('dt', 'string', 'Day of arrival, yyyy-MM-dd, UTC');
