import type { Expression } from '../sql/ast.ts';
import { chain, findColumn } from './resolve.ts';
import type { Context, PartitionBound, PartitionColumn } from './scope.ts';

const SWAPPED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** Notes on each table what WHERE says of its partition columns, so that other partitions are not read. */
export const partitionBounds = (where: Expression, context: Context): void => {
  if (where.kind === 'logical' && where.op === 'AND') {
    partitionBounds(where.left, context);
    partitionBounds(where.right, context);
    return;
  }
  for (const [column, op, values] of tests(where, context)) {
    column.use.bounds.push({ column: column.column, op, values });
  }
};

type Test = [PartitionColumn, PartitionBound['op'], string[]];

const tests = (where: Expression, context: Context): Test[] => {
  if (where.kind === 'compare' && where.op !== '<>') {
    return [
      ...test(where.left, where.op, [where.right], context),
      ...test(where.right, SWAPPED[where.op], [where.left], context),
    ];
  }
  if (where.kind === 'in' && !where.not) return test(where.value, 'in', where.list, context);
  if (where.kind !== 'between' || where.not) return [];
  return [
    ...test(where.value, '>=', [where.low], context),
    ...test(where.value, '<=', [where.high], context),
  ];
};

const test = (
  column: Expression,
  op: PartitionBound['op'],
  values: readonly Expression[],
  context: Context,
): Test[] => {
  if (column.kind !== 'name' && column.kind !== 'member') return [];
  const partition = ownPartition(column, context);
  const texts = values.map(literalText).filter((text) => text !== undefined);
  return partition && texts.length === values.length ? [[partition, op, texts]] : [];
};

/** The partition column a name means in this very SELECT; one of an outer query binds no file here. */
const ownPartition = (column: Expression, { scope }: Context): PartitionColumn | undefined => {
  const parts = chain(column);
  const found = parts && findColumn(parts, scope);
  return found?.partition;
};

const literalText = (value: Expression): string | undefined => {
  if (value.kind === 'string') return value.value;
  if (value.kind === 'number' && /^\d+$/.test(value.value)) return value.value;
  return value.kind === 'typed' && value.type.k === 'date' ? value.value : undefined;
};
