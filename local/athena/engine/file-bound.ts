import type { FileBound, FileTest } from '../analyze/scope.ts';

/** What is known of a file before it is opened, by column; a partition that is NULL has no value. */
export type FileValues = Readonly<Record<string, string | undefined>>;

/** Whether a file may have rows a bound wants: false only where it cannot. */
export const mayHold = (bound: FileBound, values: FileValues): boolean => {
  if (bound.kind !== 'test')
    return bound.kind === 'all'
      ? bound.of.every((part) => mayHold(part, values))
      : bound.of.some((part) => mayHold(part, values));
  const value = values[bound.column];
  return value !== undefined && (COMPARABLE[bound.as].test(value) ? holds(bound, value) : true);
};

/** The texts whose order is that of the values; what a text of another form means, only the engine says. */
const COMPARABLE: Record<FileTest['as'], RegExp> = {
  text: /^/,
  integer: /^-?\d+$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
};

const holds = ({ op, values, as }: FileTest, value: string): boolean => {
  const [first = ''] = values;
  switch (op) {
    case '=':
    case 'in':
      return values.some((other) => isSame(value, other, as));
    case '<>':
    case 'not in':
      return values.every((other) => !isSame(value, other, as));
    case 'starts with':
      return value.startsWith(first);
    case '<':
      return order(value, first, as) < 0;
    case '<=':
      return order(value, first, as) <= 0;
    case '>':
      return order(value, first, as) > 0;
    default:
      return order(value, first, as) >= 0;
  }
};

const isSame = (a: string, b: string, as: FileTest['as']): boolean =>
  as === 'integer' ? BigInt(a) === BigInt(b) : a === b;

/** Text in the order of its UTF-8 bytes, as Trino compares it. */
const order = (a: string, b: string, as: FileTest['as']): number => {
  if (a === b) return 0;
  if (as !== 'integer') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const [x, y] = [BigInt(a), BigInt(b)];
  return x < y ? -1 : x > y ? 1 : 0;
};
