import type { Expression } from '../sql/ast.ts';
import { isConstant } from './constant.ts';
import { chain, findColumn } from './resolve.ts';
import type { Context, PartitionBound, PartitionColumn, TableUse } from './scope.ts';

const SWAPPED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** Notes on each table what WHERE or ON says of its columns, so that other partitions and files are not read. */
export const partitionBounds = (where: Expression, context: Context): void => {
  if (where.kind === 'logical' && where.op === 'AND') {
    partitionBounds(where.left, context);
    partitionBounds(where.right, context);
    return;
  }
  for (const [{ use, column }, op, values] of tests(where, context)) {
    if (use.source) noteFilter(use, column, op, values, context);
    else noteBound(use, column, op, values);
  }
};

const noteBound = (
  use: TableUse,
  column: string,
  op: PartitionBound['op'],
  values: readonly Expression[],
) => {
  const texts = values.map(literalText).filter((text) => text !== undefined);
  if (texts.length === values.length) use.bounds.push({ column, op, values: texts });
};

const noteFilter = (
  use: TableUse,
  column: string,
  op: PartitionBound['op'],
  values: readonly Expression[],
  { analysis, scope }: Context,
) => {
  if (!values.every(isConstant)) return;
  use.filters.push({ column, op, values: values.map((value) => analysis.expression(value, scope)) });
};

type Test = [PartitionColumn, PartitionBound['op'], readonly Expression[]];

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
  return partition ? [[partition, op, values]] : [];
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
