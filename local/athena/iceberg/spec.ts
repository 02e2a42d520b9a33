import { SqlError, type Position } from '../sql/error.ts';
import { partitionFieldId, type PartitionField } from './metadata.ts';
import { isAllowed, parseTransform } from './transform.ts';
import { describedType, type IcebergField } from './types.ts';

/** One term of PARTITIONED BY: `day` and a column, `bucket[16]` and a column, `identity` for the column alone. */
export interface PartitionTerm {
  readonly transform: string;
  readonly column: string;
  readonly at: Position;
}

const ATHENA = /^(?:identity|year|month|day|hour|bucket\[\d+\]|truncate\[\d+\])$/;
const TIMES = new Set(['year', 'month', 'day', 'hour']);
const SUFFIX: Readonly<Record<string, string>> = { truncate: 'trunc' };

/** The partition fields of a new table, named as Iceberg names them: `change_time_day`. */
export const partitionFields = (
  terms: readonly PartitionTerm[],
  fields: readonly IcebergField[],
): PartitionField[] => {
  const specified = terms.map((term, index) => partitionField(term, index, fields));
  for (const [index, one] of specified.entries()) {
    const redundant = specified
      .slice(0, index)
      .some(
        (other) =>
          other['source-id'] === one['source-id'] &&
          (other.transform === one.transform || (TIMES.has(other.transform) && TIMES.has(one.transform))),
      );
    if (redundant)
      throw new SqlError('', `Cannot add redundant partition field: ${one.name}`, terms[index]?.at);
  }
  return specified;
};

const partitionField = (
  { transform, column, at }: PartitionTerm,
  index: number,
  fields: readonly IcebergField[],
): PartitionField => {
  const source = fields.find((field) => field.name === column);
  if (!source)
    throw new SqlError('COLUMN_NOT_FOUND', `Partition column '${column}' is no column of the table`, at);
  if (!ATHENA.test(transform) || /\[0\]/.test(transform))
    throw new SqlError('NOT_SUPPORTED', `Unknown partition transform: ${transform}`, at);
  const parsed = parseTransform(transform);
  if (!isAllowed(parsed, source.type))
    throw new SqlError(
      'NOT_SUPPORTED',
      `Cannot partition column '${column}' of type ${describedType(source.type)} by ${parsed.kind}`,
      at,
    );
  const name = parsed.kind === 'identity' ? column : `${column}_${SUFFIX[parsed.kind] ?? parsed.kind}`;
  return { 'source-id': source.id, 'field-id': partitionFieldId(index), name, transform };
};
