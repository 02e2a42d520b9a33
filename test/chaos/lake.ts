import { DynamoDBClient, paginateScan, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { namesOf } from '../../core/deployment.ts';
import type { AttributeMap } from '../../core/lake/attribute-value.ts';
import { changeRow, imageOf } from '../../core/lake/change-row.ts';
import { keyReader } from '../../core/lake/row-subject.ts';
import { currentColumns } from '../../core/lake/views/columns.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { Field, FieldType } from '../../core/schema/field-type.ts';
import { dynamoKeyStore } from '../../functions/shared/subject-keys/key-store.ts';
import { subjectKeys } from '../../functions/shared/subject-keys/subject-keys.ts';
import type { Tailrace } from '../e2e/tailrace.ts';
import { awsOf } from './clients.ts';

export type Item = Record<string, AttributeValue>;

type Row = Readonly<Record<string, unknown>>;

/** Rows of a table or a view, by id, as the view has them. */
export type Rows = ReadonlyMap<string, Row>;

/** All items of an entity's table. */
export const itemsOf = async (tailrace: Tailrace, entity: Entity): Promise<Item[]> => {
  const client = new DynamoDBClient(awsOf(tailrace));
  const TableName = namesOf('dev').table(entity);
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true }))
    items.push(...((page.Items ?? []) as Item[]));
  client.destroy();
  return items;
};

/** A value as Athena prints it in an answer, members in the order of the column's type. */
const printed = (type: FieldType, value: unknown): unknown => {
  if (value === undefined || value === null) return null;
  if (type.type === 'array')
    return `[${(value as unknown[]).map((item) => printed(type.items, item)).join(', ')}]`;
  if (type.type === 'money') {
    const { amount, currency } = value as { amount: number; currency: string };
    return `{amount=${amount}, currency=${currency}}`;
  }
  if (type.type !== 'object') return value;
  const members = value as Readonly<Record<string, unknown>>;
  return `{${type.fields.map((field) => `${field.column}=${String(printed(field.type, members[field.column]))}`).join(', ')}}`;
};

/** The columns a view has of a field: money is two. */
const shown = ({ column, type }: Field, value: unknown): Record<string, unknown> => {
  if (type.type !== 'money') return { [column]: printed(type, value) };
  const { amount, currency } = value as { amount: number; currency: string };
  return { [`${column}_amount`]: amount, [`${column}_currency`]: currency };
};

/** What is not there is not said. */
const withoutNulls = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));

/** What the view must say, made of the table's items by the code that makes rows. */
export const rowsOfTable = async (tailrace: Tailrace, entity: Entity): Promise<Rows> => {
  const client = new DynamoDBClient(awsOf(tailrace));
  const readKeys = subjectKeys(dynamoKeyStore(client, namesOf('dev').subjectKeys));
  const [toRow, subjectOf] = [changeRow(entity), keyReader(entity)];
  const records = (await itemsOf(tailrace, entity)).map((item) => ({
    eventName: 'INSERT',
    dynamodb: {
      NewImage: item as unknown as AttributeMap,
      SequenceNumber: '1',
      ApproximateCreationDateTime: 0,
    },
  }));
  const subjects = records
    .map((record) => subjectOf(imageOf(record)!))
    .filter((subject) => subject !== undefined);
  const keys = await readKeys(new Set(subjects));
  client.destroy();
  const rows = records.map((record) => {
    const row = toRow(record, keys);
    if (!row.ok) throw new Error(`An item does not fit: ${JSON.stringify([row.issues, record])}`);
    const values = JSON.parse(row.json) as Record<string, unknown>;
    return withoutNulls(
      Object.assign({}, ...entity.fields.map((field) => shown(field, values[field.column]))) as Row,
    );
  });
  return new Map(rows.map((row) => [String(row.id), row]));
};

/** What the view of an entity says. */
export const rowsOfLake = async (tailrace: Tailrace, entity: Entity): Promise<Rows> => {
  const columns = currentColumns(entity).map(({ name }) => `"${name}"`);
  const rows = await tailrace.sql(`SELECT ${columns.join(', ')} FROM ${entity.plural}`);
  return new Map(rows.map((row) => [String(row.id), withoutNulls(row)]));
};

/** One version of a record, as its history has it, with what its plain columns say. */
export interface Version extends Row {
  readonly id: string;
  readonly change_version: number;
  readonly change_operation: string;
  readonly change_sequence: string;
}

const PLAIN = new Set(['string', 'integer', 'boolean']);

/** Fields that the API shows as the lake keeps them. */
const plainFields = (entity: Entity): Field[] =>
  entity.fields.filter(({ name, type, personal }) => name !== 'id' && PLAIN.has(type.type) && !personal);

/** Whether a version says what a client was shown of it. */
export const saysWhatWasShown = (entity: Entity, shownBody: Row, version: Version): boolean =>
  plainFields(entity).every(({ name, column }) => (shownBody[name] ?? null) === version[column]);

/** The history of each record of an entity, in order. */
export const historyOf = async (tailrace: Tailrace, entity: Entity): Promise<Map<string, Version[]>> => {
  const columns = plainFields(entity).map(({ column }) => `"${column}"`);
  const rows = (await tailrace.sql(
    `SELECT id, change_version, change_operation, change_sequence, ${columns.join(', ')} FROM ${entity.plural}_history ORDER BY change_sequence`,
  )) as unknown as Version[];
  return Map.groupBy(rows, ({ id }) => id);
};
