import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { SqlError } from '../sql/error.ts';
import { parseJson, printJson } from './json.ts';
import type { IcebergField, IcebergType } from './types.ts';

const nested = z.lazy(() => type) as unknown as z.ZodType<IcebergType>;
const field: z.ZodType<IcebergField> = z.looseObject({
  id: z.number(),
  name: z.string(),
  required: z.boolean(),
  type: nested,
  doc: z.string().optional(),
});
const type = z.union([
  z.string(),
  z.looseObject({ type: z.literal('struct'), fields: z.array(field) }),
  z.looseObject({
    type: z.literal('list'),
    'element-id': z.number(),
    element: nested,
    'element-required': z.boolean(),
  }),
  z.looseObject({
    type: z.literal('map'),
    'key-id': z.number(),
    key: nested,
    'value-id': z.number(),
    value: nested,
    'value-required': z.boolean(),
  }),
]);

const schema = z.looseObject({
  type: z.literal('struct').default('struct'),
  'schema-id': z.number(),
  fields: z.array(field),
});
const partitionField = z.looseObject({
  'source-id': z.number(),
  'field-id': z.number(),
  name: z.string(),
  transform: z.string(),
});
const partitionSpec = z.looseObject({ 'spec-id': z.number(), fields: z.array(partitionField) });
const snapshot = z.looseObject({
  'snapshot-id': z.bigint(),
  'parent-snapshot-id': z.bigint().optional(),
  'sequence-number': z.number().default(0),
  'timestamp-ms': z.number(),
  'manifest-list': z.string(),
  summary: z.record(z.string(), z.string()).default({}),
  'schema-id': z.number().optional(),
});
const ref = z.looseObject({
  'snapshot-id': z.bigint(),
  type: z.enum(['branch', 'tag']),
  'max-ref-age-ms': z.number().optional(),
  'max-snapshot-age-ms': z.number().optional(),
  'min-snapshots-to-keep': z.number().optional(),
});
const metadata = z.looseObject({
  'format-version': z.number(),
  'table-uuid': z.string(),
  location: z.string(),
  'last-sequence-number': z.number().default(0),
  'last-updated-ms': z.number(),
  'last-column-id': z.number(),
  schemas: z.array(schema),
  'current-schema-id': z.number(),
  'partition-specs': z.array(partitionSpec),
  'default-spec-id': z.number(),
  'last-partition-id': z.number(),
  properties: z.record(z.string(), z.string()).default({}),
  'current-snapshot-id': z.bigint().nullish(),
  snapshots: z.array(snapshot).default([]),
  'snapshot-log': z
    .array(z.looseObject({ 'timestamp-ms': z.number(), 'snapshot-id': z.bigint() }))
    .default([]),
  'metadata-log': z
    .array(z.looseObject({ 'timestamp-ms': z.number(), 'metadata-file': z.string() }))
    .default([]),
  refs: z.record(z.string(), ref).default({}),
});

/** A table's whole state but its files (https://iceberg.apache.org/spec/#table-metadata). What is not known is kept. */
export type TableMetadata = z.infer<typeof metadata>;
export type Schema = z.infer<typeof schema>;
export type PartitionSpec = z.infer<typeof partitionSpec>;
export type PartitionField = z.infer<typeof partitionField>;
export type Snapshot = z.infer<typeof snapshot>;

/** Texts that are read again and again: those of tables between two commits. */
const read = new Map<string, TableMetadata>();
const MOST_READ = 16;

/**
 * Reads a metadata file; throws `ICEBERG_INVALID_METADATA` for one that is not a version 2 table. It lists every snapshot, so that
 * reading it takes longer the more of them there are: the last texts are remembered with what they say.
 */
export const parseMetadata = (text: string, place: string): TableMetadata => {
  const table = read.get(text) ?? readMetadata(text, place);
  read.delete(text);
  read.set(text, table);
  const [oldest] = read.keys();
  if (read.size > MOST_READ && oldest !== undefined) read.delete(oldest);
  return table;
};

const readMetadata = (text: string, place: string): TableMetadata => {
  const parsed = metadata.safeParse(readJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SqlError('ICEBERG_INVALID_METADATA', `${place}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  if (parsed.data['format-version'] === 2) return parsed.data;
  throw new SqlError(
    'NOT_SUPPORTED',
    `The local cloud reads Iceberg tables of version 2 and ${place} has version ${parsed.data['format-version']}`,
  );
};

const readJson = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
};

export const printMetadata = (table: TableMetadata): string => printJson(table);

/** What a table is made from. */
export interface NewTable {
  readonly location: string;
  readonly fields: readonly IcebergField[];
  readonly lastColumnId: number;
  readonly partition: readonly PartitionField[];
  readonly properties: Readonly<Record<string, string>>;
  readonly now: number;
}

const FIRST_PARTITION_ID = 1000;

/** The metadata of a table without data. */
export const newMetadata = (table: NewTable): TableMetadata => ({
  'format-version': 2,
  'table-uuid': randomUUID(),
  location: table.location,
  'last-sequence-number': 0,
  'last-updated-ms': table.now,
  'last-column-id': table.lastColumnId,
  'current-schema-id': 0,
  schemas: [{ type: 'struct', 'schema-id': 0, fields: [...table.fields] }],
  'default-spec-id': 0,
  'partition-specs': [{ 'spec-id': 0, fields: [...table.partition] }],
  'last-partition-id': FIRST_PARTITION_ID - 1 + table.partition.length,
  'default-sort-order-id': 0,
  'sort-orders': [{ 'order-id': 0, fields: [] }],
  properties: { ...table.properties },
  'current-snapshot-id': null,
  refs: {},
  snapshots: [],
  statistics: [],
  'partition-statistics': [],
  'snapshot-log': [],
  'metadata-log': [],
});

/** The id of the nth field of a new partition spec. */
export const partitionFieldId = (index: number): number => FIRST_PARTITION_ID + index;

export const schemaOf = (table: TableMetadata, id = table['current-schema-id']): Schema => {
  const found = table.schemas.find((one) => one['schema-id'] === id);
  if (found) return found;
  throw new SqlError('ICEBERG_INVALID_METADATA', `The table at ${table.location} has no schema ${id}`);
};

export const specOf = (table: TableMetadata, id = table['default-spec-id']): PartitionSpec => {
  const found = table['partition-specs'].find((one) => one['spec-id'] === id);
  if (found) return found;
  throw new SqlError(
    'ICEBERG_INVALID_METADATA',
    `The table at ${table.location} has no partition spec ${id}`,
  );
};

/** A snapshot by its id, or the current one; nothing for a table that never had data. */
export const snapshotOf = (
  table: TableMetadata,
  id = table['current-snapshot-id'] ?? undefined,
): Snapshot | undefined =>
  id === undefined ? undefined : table.snapshots.find((one) => one['snapshot-id'] === id);
