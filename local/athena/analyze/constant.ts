import type { Expression } from '../sql/ast.ts';

/** Functions that give the same for the same arguments and touch nothing else. */
const PURE = new Set([
  'abs',
  'concat',
  'date',
  'date_add',
  'date_trunc',
  'from_iso8601_date',
  'from_iso8601_timestamp',
  'from_unixtime',
  'lower',
  'upper',
]);

/** Whether an expression has one value all through a query. */
export const isConstant = (value: Expression): boolean => {
  switch (value.kind) {
    case 'string':
    case 'number':
    case 'typed':
    case 'timestamp':
    case 'interval':
    case 'now':
      return true;
    case 'cast':
    case 'negate':
    case 'plus':
      return isConstant(value.value);
    case 'atTimeZone':
      return isConstant(value.value) && isConstant(value.zone);
    case 'arithmetic':
      return isConstant(value.left) && isConstant(value.right);
    case 'call':
      return PURE.has(value.name) && value.over === undefined && value.args.every(isConstant);
    default:
      return false;
  }
};
