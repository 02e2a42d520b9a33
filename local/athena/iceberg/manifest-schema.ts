import type { PartitionSpec, Schema } from './metadata.ts';
import { parseTransform, resultType } from './transform.ts';
import { decimalOf, type IcebergField } from './types.ts';

type Avro = string | object;

const optional = (type: Avro) => ['null', type];

const field = (name: string, id: number, type: Avro) => ({ name, type, 'field-id': id });

const optionalField = (name: string, id: number, type: Avro) => ({
  name,
  type: optional(type),
  default: null,
  'field-id': id,
});

const list = (elementId: number, items: Avro) => ({ type: 'array', items, 'element-id': elementId });

/** A map whose keys are no text: an array of entries, as Iceberg writes it. */
const map = (keyId: number, valueId: number, value: Avro) => ({
  type: 'array',
  logicalType: 'map',
  items: {
    type: 'record',
    name: `k${keyId}_v${valueId}`,
    fields: [field('key', keyId, 'int'), field('value', valueId, value)],
  },
});

const AVRO: Readonly<Record<string, Avro>> = {
  boolean: 'boolean',
  int: 'int',
  long: 'long',
  float: 'float',
  double: 'double',
  date: { type: 'int', logicalType: 'date' },
  timestamp: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': false },
  timestamptz: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': true },
  string: 'string',
  binary: 'bytes',
};

/** Bytes of the fixed that holds a decimal of so many digits. */
export const decimalSize = (precision: number): number => {
  let size = 1;
  while (2n ** BigInt(size * 8 - 1) <= 10n ** BigInt(precision)) size += 1;
  return size;
};

const avroType = (type: string): Avro => {
  const decimal = decimalOf(type);
  if (!decimal) return AVRO[type] ?? 'bytes';
  const { p: precision, s: scale } = decimal;
  const name = `decimal_${precision}_${scale}`;
  return { type: 'fixed', name, size: decimalSize(precision), logicalType: 'decimal', precision, scale };
};

/** One partition field of a spec with the Iceberg types of its column and of its values. */
export interface PartitionColumn {
  readonly name: string;
  readonly id: number;
  readonly sourceId: number;
  readonly transform: string;
  readonly source: IcebergField;
  readonly type: string;
}

/** The partition fields of a spec; one whose column is gone has the column's last type. */
export const partitionColumns = (spec: PartitionSpec, schemas: readonly Schema[]): PartitionColumn[] =>
  spec.fields.map((one) => {
    const source = findField(schemas, one['source-id']);
    return {
      name: one.name,
      id: one['field-id'],
      sourceId: one['source-id'],
      transform: one.transform,
      source,
      type: resultType(parseTransform(one.transform), source.type),
    };
  });

const findField = (schemas: readonly Schema[], id: number): IcebergField => {
  const found = schemas.flatMap((schema) => schema.fields).findLast((one) => one.id === id);
  return found ?? { id, name: `column ${id}`, required: false, type: 'string' };
};

const avroName = (name: string) => name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(\d)/, '_$1');

const partitionRecord = (columns: readonly PartitionColumn[]) => ({
  type: 'record',
  name: 'r102',
  fields: columns.map((column) => optionalField(avroName(column.name), column.id, avroType(column.type))),
});

/** The Avro schema of a manifest (https://iceberg.apache.org/spec/#manifests). */
export const manifestSchema = (columns: readonly PartitionColumn[]) => ({
  type: 'record',
  name: 'manifest_entry',
  fields: [
    field('status', 0, 'int'),
    optionalField('snapshot_id', 1, 'long'),
    optionalField('sequence_number', 3, 'long'),
    optionalField('file_sequence_number', 4, 'long'),
    field('data_file', 2, {
      type: 'record',
      name: 'r2',
      fields: [
        field('content', 134, 'int'),
        field('file_path', 100, 'string'),
        field('file_format', 101, 'string'),
        field('partition', 102, partitionRecord(columns)),
        field('record_count', 103, 'long'),
        field('file_size_in_bytes', 104, 'long'),
        optionalField('column_sizes', 108, map(117, 118, 'long')),
        optionalField('value_counts', 109, map(119, 120, 'long')),
        optionalField('null_value_counts', 110, map(121, 122, 'long')),
        optionalField('nan_value_counts', 137, map(138, 139, 'long')),
        optionalField('lower_bounds', 125, map(126, 127, 'bytes')),
        optionalField('upper_bounds', 128, map(129, 130, 'bytes')),
        optionalField('key_metadata', 131, 'bytes'),
        optionalField('split_offsets', 132, list(133, 'long')),
        optionalField('equality_ids', 135, list(136, 'int')),
        optionalField('sort_order_id', 140, 'int'),
      ],
    }),
  ],
});

/** The Avro schema of a manifest list (https://iceberg.apache.org/spec/#manifest-lists). */
export const MANIFEST_LIST_SCHEMA = {
  type: 'record',
  name: 'manifest_file',
  fields: [
    field('manifest_path', 500, 'string'),
    field('manifest_length', 501, 'long'),
    field('partition_spec_id', 502, 'int'),
    field('content', 517, 'int'),
    field('sequence_number', 515, 'long'),
    field('min_sequence_number', 516, 'long'),
    field('added_snapshot_id', 503, 'long'),
    field('added_files_count', 504, 'int'),
    field('existing_files_count', 505, 'int'),
    field('deleted_files_count', 506, 'int'),
    field('added_rows_count', 512, 'long'),
    field('existing_rows_count', 513, 'long'),
    field('deleted_rows_count', 514, 'long'),
    optionalField(
      'partitions',
      507,
      list(508, {
        type: 'record',
        name: 'r508',
        fields: [
          field('contains_null', 509, 'boolean'),
          optionalField('contains_nan', 518, 'boolean'),
          optionalField('lower_bound', 510, 'bytes'),
          optionalField('upper_bound', 511, 'bytes'),
        ],
      }),
    ),
    optionalField('key_metadata', 519, 'bytes'),
  ],
};
