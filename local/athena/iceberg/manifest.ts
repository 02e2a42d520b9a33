import { readAvro, writeAvro } from './avro.ts';
import { MANIFEST_LIST_SCHEMA, manifestSchema, type PartitionColumn } from './manifest-schema.ts';
import type { PartitionSpec, Schema } from './metadata.ts';
import { printJson } from './json.ts';

/** What a file holds: rows, or positions of rows deleted elsewhere, or values that delete rows. */
export const CONTENT = { data: 0, positionDeletes: 1, equalityDeletes: 2 } as const;
export const STATUS = { existing: 0, added: 1, deleted: 2 } as const;

/** A partition value as Avro holds it: days for a date, microseconds for a timestamp, bytes for a decimal. */
export type PartitionValue = null | boolean | number | bigint | string | Buffer;

/** A file of the table with what is known of its content. Sizes in bytes; maps go by field id. */
export interface DataFile {
  readonly content: number;
  readonly path: string;
  readonly format: string;
  readonly specId: number;
  /** In the order of the spec's fields. */
  readonly partition: readonly PartitionValue[];
  readonly records: number;
  readonly size: number;
  readonly columnSizes: ReadonlyMap<number, number>;
  readonly valueCounts: ReadonlyMap<number, number>;
  readonly nullCounts: ReadonlyMap<number, number>;
  readonly nanCounts: ReadonlyMap<number, number>;
  readonly lower: ReadonlyMap<number, Buffer>;
  readonly upper: ReadonlyMap<number, Buffer>;
  readonly splitOffsets?: readonly bigint[] | undefined;
  readonly equalityIds?: readonly number[] | undefined;
  readonly keyMetadata?: Buffer | undefined;
}

/** A line of a manifest. */
export interface Entry {
  readonly status: number;
  readonly snapshotId: bigint;
  /** When the rows came: a delete acts on files of its own or a lower number. */
  readonly sequence: bigint;
  readonly fileSequence: bigint;
  readonly file: DataFile;
}

/** What a manifest's files have in one partition field. */
export interface FieldSummary {
  readonly containsNull: boolean;
  readonly lower?: Buffer | undefined;
  readonly upper?: Buffer | undefined;
}

/** A line of a manifest list. */
export interface Manifest {
  readonly path: string;
  readonly length: number;
  readonly specId: number;
  /** 0 for data files, 1 for delete files. */
  readonly content: number;
  readonly sequence: bigint;
  readonly minSequence: bigint;
  readonly snapshotId: bigint;
  readonly added: { readonly files: number; readonly rows: bigint };
  readonly existing: { readonly files: number; readonly rows: bigint };
  readonly deleted: { readonly files: number; readonly rows: bigint };
  readonly partitions: readonly FieldSummary[];
}

type Pairs<T> = readonly { key: number; value: T }[];
type Raw = Readonly<Record<string, unknown>>;

const numbersOf = (pairs: unknown): Map<number, number> =>
  new Map(((pairs ?? []) as Pairs<bigint>).map(({ key, value }) => [key, Number(value)]));

const bytesOf = (pairs: unknown): Map<number, Buffer> =>
  new Map(((pairs ?? []) as Pairs<Buffer>).map(({ key, value }) => [key, value]));

const numberPairs = (map: ReadonlyMap<number, number>) =>
  map.size === 0 ? null : [...map].map(([key, value]) => ({ key, value: BigInt(value) }));

const bytePairs = (map: ReadonlyMap<number, Buffer>) =>
  map.size === 0 ? null : [...map].map(([key, value]) => ({ key, value }));

const readFile = (raw: Raw, specId: number): DataFile => ({
  content: Number(raw['content'] ?? CONTENT.data),
  path: String(raw['file_path']),
  format: String(raw['file_format']).toUpperCase(),
  specId,
  partition: Object.values(raw['partition'] as Record<string, PartitionValue>),
  records: Number(raw['record_count']),
  size: Number(raw['file_size_in_bytes']),
  columnSizes: numbersOf(raw['column_sizes']),
  valueCounts: numbersOf(raw['value_counts']),
  nullCounts: numbersOf(raw['null_value_counts']),
  nanCounts: numbersOf(raw['nan_value_counts']),
  lower: bytesOf(raw['lower_bounds']),
  upper: bytesOf(raw['upper_bounds']),
  splitOffsets: (raw['split_offsets'] ?? undefined) as DataFile['splitOffsets'],
  equalityIds: (raw['equality_ids'] ?? undefined) as DataFile['equalityIds'],
  keyMetadata: (raw['key_metadata'] ?? undefined) as DataFile['keyMetadata'],
});

const writeFile = (file: DataFile, fields: readonly string[]) => ({
  content: file.content,
  file_path: file.path,
  file_format: file.format,
  partition: Object.fromEntries(fields.map((name, index) => [name, file.partition[index] ?? null])),
  record_count: BigInt(file.records),
  file_size_in_bytes: BigInt(file.size),
  column_sizes: numberPairs(file.columnSizes),
  value_counts: numberPairs(file.valueCounts),
  null_value_counts: numberPairs(file.nullCounts),
  nan_value_counts: numberPairs(file.nanCounts),
  lower_bounds: bytePairs(file.lower),
  upper_bounds: bytePairs(file.upper),
  key_metadata: file.keyMetadata ?? null,
  split_offsets: file.splitOffsets ?? null,
  equality_ids: file.equalityIds ?? null,
  sort_order_id: file.content === CONTENT.data ? 0 : null,
});

/** What a manifest says of itself in its header. */
export interface ManifestHead {
  readonly schema: Schema;
  readonly spec: PartitionSpec;
  readonly columns: readonly PartitionColumn[];
  readonly content: number;
}

/** A manifest's bytes. Entries this snapshot adds get their sequence number from the manifest list. */
export const writeManifest = (head: ManifestHead, entries: readonly Entry[]): Buffer => {
  const schema = manifestSchema(head.columns);
  const partition = schema.fields
    .flatMap(({ type }) => (typeof type === 'object' && 'fields' in type ? (type.fields as Raw[]) : []))
    .find((one) => one['name'] === 'partition')?.['type'] as { fields: { name: string }[] };
  const names = partition.fields.map((one) => one.name);
  const records = entries.map((entry) => ({
    status: entry.status,
    snapshot_id: entry.snapshotId,
    sequence_number: entry.sequence < 0n ? null : entry.sequence,
    file_sequence_number: entry.fileSequence < 0n ? null : entry.fileSequence,
    data_file: writeFile(entry.file, names),
  }));
  return writeAvro(schema, records, {
    schema: printJson(head.schema),
    'schema-id': String(head.schema['schema-id']),
    'partition-spec': JSON.stringify(head.spec.fields),
    'partition-spec-id': String(head.spec['spec-id']),
    'format-version': '2',
    content: head.content === CONTENT.data ? 'data' : 'deletes',
  });
};

/** The entries of a manifest; what they leave out they have from its line in the manifest list. */
export const readManifest = (bytes: Buffer, manifest: Manifest): Entry[] =>
  readAvro(bytes).records.map((record) => {
    const raw = record as Raw;
    const sequence = (raw['sequence_number'] ?? manifest.sequence) as bigint;
    return {
      status: Number(raw['status']),
      snapshotId: (raw['snapshot_id'] ?? manifest.snapshotId) as bigint,
      sequence,
      fileSequence: (raw['file_sequence_number'] ?? manifest.sequence) as bigint,
      file: readFile(raw['data_file'] as Raw, manifest.specId),
    };
  });

const counted = (raw: Raw, name: string, older: string) => ({
  files: Number(raw[`${name}_files_count`] ?? raw[older] ?? 0),
  rows: (raw[`${name}_rows_count`] ?? 0n) as bigint,
});

/** The lines of a manifest list. */
export const readManifestList = (bytes: Buffer): Manifest[] =>
  readAvro(bytes).records.map((record) => {
    const raw = record as Raw;
    return {
      path: String(raw['manifest_path']),
      length: Number(raw['manifest_length']),
      specId: Number(raw['partition_spec_id']),
      content: Number(raw['content'] ?? 0),
      sequence: (raw['sequence_number'] ?? 0n) as bigint,
      minSequence: (raw['min_sequence_number'] ?? 0n) as bigint,
      snapshotId: raw['added_snapshot_id'] as bigint,
      added: counted(raw, 'added', 'added_data_files_count'),
      existing: counted(raw, 'existing', 'existing_data_files_count'),
      deleted: counted(raw, 'deleted', 'deleted_data_files_count'),
      partitions: ((raw['partitions'] ?? []) as Raw[]).map((one) => ({
        containsNull: Boolean(one['contains_null']),
        lower: (one['lower_bound'] ?? undefined) as Buffer | undefined,
        upper: (one['upper_bound'] ?? undefined) as Buffer | undefined,
      })),
    };
  });

/** A manifest list's bytes. */
export const writeManifestList = (
  manifests: readonly Manifest[],
  head: { snapshotId: bigint; parentId: bigint | undefined; sequence: number },
): Buffer =>
  writeAvro(
    MANIFEST_LIST_SCHEMA,
    manifests.map((manifest) => ({
      manifest_path: manifest.path,
      manifest_length: BigInt(manifest.length),
      partition_spec_id: manifest.specId,
      content: manifest.content,
      sequence_number: manifest.sequence,
      min_sequence_number: manifest.minSequence,
      added_snapshot_id: manifest.snapshotId,
      added_files_count: manifest.added.files,
      existing_files_count: manifest.existing.files,
      deleted_files_count: manifest.deleted.files,
      added_rows_count: manifest.added.rows,
      existing_rows_count: manifest.existing.rows,
      deleted_rows_count: manifest.deleted.rows,
      partitions: manifest.partitions.map((one) => ({
        contains_null: one.containsNull,
        contains_nan: false,
        lower_bound: one.lower ?? null,
        upper_bound: one.upper ?? null,
      })),
      key_metadata: null,
    })),
    {
      'snapshot-id': String(head.snapshotId),
      'parent-snapshot-id': String(head.parentId ?? 'null'),
      'sequence-number': String(head.sequence),
      'format-version': '2',
    },
  );
