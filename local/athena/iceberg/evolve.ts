import { SqlError, type Position } from '../sql/error.ts';
import type { Type } from '../sql/types.ts';
import { schemaOf, specOf, type TableMetadata } from './metadata.ts';
import {
  decimalOf,
  describedType,
  icebergType,
  type IcebergField,
  type IcebergType,
  type StructType,
} from './types.ts';

/** A column as DDL declares it. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: Type;
  readonly comment?: string | undefined;
  readonly at: Position;
}

/** Columns of a new table, numbered from 1, and the last number used. */
export const newColumns = (
  columns: readonly ColumnDefinition[],
): { fields: IcebergField[]; lastColumnId: number } => {
  refuseDuplicates(columns);
  const ids = numbering(0);
  return { fields: numbered(columns, ids.next), lastColumnId: ids.last() };
};

const numbering = (start: number) => {
  let last = start;
  return { next: () => (last += 1), last: () => last };
};

const numbered = (columns: readonly ColumnDefinition[], next: () => number): IcebergField[] => {
  const own = columns.map(next);
  return columns.map(({ name, type, comment, at }, index) => ({
    id: own[index] as number,
    name,
    required: false,
    type: icebergType(type, next, at),
    ...(comment !== undefined && { doc: comment }),
  }));
};

const refuseDuplicates = (columns: readonly ColumnDefinition[]) => {
  const names = new Set<string>();
  for (const { name, at } of columns) {
    if (names.has(name)) throw new SqlError('DUPLICATE_COLUMN_NAME', `Column '${name}' is named twice`, at);
    names.add(name);
  }
};

const indexOf = (fields: readonly IcebergField[], name: string, at: Position): number => {
  const index = fields.findIndex((field) => field.name.toLowerCase() === name);
  if (index >= 0) return index;
  throw new SqlError('COLUMN_NOT_FOUND', `Column '${name}' does not exist in the table`, at);
};

/** The metadata with another current schema; one the table had before is taken up again. */
const withFields = (
  metadata: TableMetadata,
  fields: readonly IcebergField[],
  last: number,
): TableMetadata => {
  const same = metadata.schemas.find((one) => JSON.stringify(one.fields) === JSON.stringify(fields));
  const id = same?.['schema-id'] ?? Math.max(...metadata.schemas.map((one) => one['schema-id'])) + 1;
  return {
    ...metadata,
    'last-column-id': Math.max(metadata['last-column-id'], last),
    'current-schema-id': id,
    schemas: same
      ? metadata.schemas
      : [...metadata.schemas, { type: 'struct', 'schema-id': id, fields: [...fields] }],
  };
};

/** `ALTER TABLE … ADD COLUMNS`: the new columns are NULL in the rows there are. */
export const addColumns = (metadata: TableMetadata, columns: readonly ColumnDefinition[]): TableMetadata => {
  const { fields } = schemaOf(metadata);
  refuseDuplicates(columns);
  for (const { name, at } of columns) {
    if (fields.some((field) => field.name.toLowerCase() === name))
      throw new SqlError('COLUMN_ALREADY_EXISTS', `Column '${name}' already exists`, at);
  }
  const ids = numbering(metadata['last-column-id']);
  const added = numbered(columns, ids.next);
  return withFields(metadata, [...fields, ...added], ids.last());
};

/** `ALTER TABLE … DROP COLUMN`: a column of the same name added later is another one. */
export const dropColumn = (metadata: TableMetadata, name: string, at: Position): TableMetadata => {
  const { fields } = schemaOf(metadata);
  const index = indexOf(fields, name, at);
  const { id } = fields[index] as IcebergField;
  if (specOf(metadata).fields.some((one) => one['source-id'] === id))
    throw new SqlError('NOT_SUPPORTED', `Cannot drop partition field: ${name}`, at);
  if (fields.length === 1) throw new SqlError('NOT_SUPPORTED', 'Cannot drop the only column in a table', at);
  return withFields(metadata, fields.toSpliced(index, 1), metadata['last-column-id']);
};

/** `ALTER TABLE … CHANGE COLUMN`. */
export interface ColumnChange {
  readonly name: string;
  readonly definition: ColumnDefinition;
  readonly position?: { readonly after: string | undefined } | undefined;
}

/** Renames, widens, comments or moves a column; members of its structs are found by name, new ones are added. */
export const changeColumn = (metadata: TableMetadata, change: ColumnChange): TableMetadata => {
  const { definition, position } = change;
  const { fields } = schemaOf(metadata);
  const index = indexOf(fields, change.name, definition.at);
  const old = fields[index] as IcebergField;
  const taken = fields.some((field) => field !== old && field.name.toLowerCase() === definition.name);
  if (taken)
    throw new SqlError('COLUMN_ALREADY_EXISTS', `Column '${definition.name}' already exists`, definition.at);
  const ids = numbering(metadata['last-column-id']);
  const wanted = icebergType(definition.type, () => 0, definition.at);
  const changed: IcebergField = {
    ...old,
    name: definition.name,
    type: evolved(old.type, wanted, ids.next, { column: change.name, at: definition.at }),
    ...(definition.comment !== undefined && { doc: definition.comment }),
  };
  const next = position
    ? moved(fields.toSpliced(index, 1), changed, position.after, definition.at)
    : fields.with(index, changed);
  return withFields(metadata, next, ids.last());
};

const moved = (
  others: readonly IcebergField[],
  field: IcebergField,
  after: string | undefined,
  at: Position,
): IcebergField[] => others.toSpliced(after === undefined ? 0 : indexOf(others, after, at) + 1, 0, field);

interface Place {
  readonly column: string;
  readonly at: Position;
}

/** The old type made the wanted one without losing a value; what is new gets a number, what stays keeps its own. */
const evolved = (old: IcebergType, wanted: IcebergType, next: () => number, place: Place): IcebergType => {
  if (typeof old === 'string' || typeof wanted === 'string') {
    if (old === wanted || isPromotion(old, wanted)) return wanted;
    throw cannotChange(old, wanted, place);
  }
  if (old.type === 'struct' && wanted.type === 'struct') return evolvedStruct(old, wanted, next, place);
  if (old.type === 'list' && wanted.type === 'list')
    return { ...old, element: evolved(old.element, wanted.element, next, place) };
  if (old.type === 'map' && wanted.type === 'map') {
    if (describedType(old.key) !== describedType(wanted.key)) throw cannotChange(old, wanted, place);
    return { ...old, value: evolved(old.value, wanted.value, next, place) };
  }
  throw cannotChange(old, wanted, place);
};

const evolvedStruct = (
  old: StructType,
  wanted: StructType,
  next: () => number,
  place: Place,
): StructType => ({
  ...old,
  fields: wanted.fields.map((field) => {
    const known = old.fields.find((one) => one.name.toLowerCase() === field.name);
    if (known) return { ...known, type: evolved(known.type, field.type, next, place) };
    return { ...field, id: next(), type: renumbered(field.type, next) };
  }),
});

/** A type all of whose parts are new. */
const renumbered = (type: IcebergType, next: () => number): IcebergType => {
  if (typeof type === 'string') return type;
  if (type.type === 'list') return { ...type, 'element-id': next(), element: renumbered(type.element, next) };
  if (type.type === 'map') {
    const [key, value] = [next(), next()];
    return {
      ...type,
      'key-id': key,
      key: renumbered(type.key, next),
      'value-id': value,
      value: renumbered(type.value, next),
    };
  }
  const ids = type.fields.map(next);
  return {
    ...type,
    fields: type.fields.map((field, index) => ({
      ...field,
      id: ids[index] as number,
      type: renumbered(field.type, next),
    })),
  };
};

/** https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-evolving-table-schema.html */
const isPromotion = (old: IcebergType, wanted: IcebergType): boolean => {
  if (old === 'int') return wanted === 'long';
  if (old === 'float') return wanted === 'double';
  const [from, to] = [decimalOf(old), decimalOf(wanted)];
  return from !== undefined && to !== undefined && from.s === to.s && from.p <= to.p;
};

const cannotChange = (old: IcebergType, wanted: IcebergType, { column, at }: Place) =>
  new SqlError(
    'NOT_SUPPORTED',
    `Cannot change column type: ${column}: ${describedType(old)} -> ${describedType(wanted)}`,
    at,
  );
