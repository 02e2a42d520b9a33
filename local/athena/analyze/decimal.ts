import { asDecimal, duckType, type Type } from '../sql/types.ts';
import { notTranslated } from '../sql/error.ts';
import { decimalSql } from './cast.ts';
import { bind, raise } from './raise.ts';
import type { Analysis, Typed } from './scope.ts';

type Decimal = { k: 'decimal'; p: number; s: number };
type Env = Pick<Analysis, 'fresh'>;

const limited = (p: number, s: number): Decimal => ({ k: 'decimal', p: Math.min(38, p), s });

/** Result types of Trino's decimal operators (https://trino.io/docs/current/functions/decimal.html). */
const resultType = (op: string, a: Decimal, b: Decimal): Decimal => {
  const s = Math.max(a.s, b.s);
  if (op === '*') return limited(a.p + b.p, a.s + b.s);
  if (op === '/') return limited(a.p + b.s + Math.max(b.s - a.s, 0), s);
  if (op === '%') return limited(Math.min(a.p - a.s, b.p - b.s) + s, s);
  return limited(Math.max(a.p - a.s, b.p - b.s) + s + 1, s);
};

/** `+ - * / %` where both sides are decimals or integers and one is a decimal: exact, rounded half up. */
export const decimalOperation = (
  op: '+' | '-' | '*' | '/' | '%',
  left: Typed,
  right: Typed,
  env: Env,
): Typed => {
  const [a, b] = [asDecimal(left.type), asDecimal(right.type)];
  const type = resultType(op, a, b);
  const [x, y] = [decimalSql(left), decimalSql(right)];
  if (op === '*' && type.s > 38) throw notTranslated('a decimal product of more than 38 fraction digits');
  if (op === '/') return { sql: divide(x, y, type.s + b.s - a.s, type, env), type };
  if (op === '*') return { sql: exact(`${x} * ${y}`, type), type };
  const wide = limited(type.p, type.s);
  const [u, v] = [`CAST(${x} AS ${duckType(wide)})`, `CAST(${y} AS ${duckType(wide)})`];
  if (op !== '%') return { sql: exact(`${u} ${op} ${v}`, type), type };
  const operand = duckType(limited(Math.max(a.p - a.s, b.p - b.s) + type.s, type.s));
  const failure = raise('DIVISION_BY_ZERO', 'Division by zero', type);
  const rest = exact(`CAST(${x} AS ${operand}) % CAST(${y} AS ${operand})`, type);
  return { sql: `CASE WHEN ${y} = 0 THEN ${failure} ELSE ${rest} END`, type };
};

const exact = (sql: string, type: Type) => `CAST(${sql} AS ${duckType(type)})`;

/** The digits of a decimal as an integer: 1.50 gives 150. */
const unscaled = (sql: string) => `CAST(replace(CAST(${sql} AS VARCHAR), '.', '') AS HUGEINT)`;

/** `x / y` rounded half up; `power` is how many digits x's integer form gains to leave the result's scale. */
const divide = (x: string, y: string, power: number, type: Decimal, env: Env): string => {
  const a = `${unscaled(x)} * CAST('1${'0'.repeat(power)}' AS HUGEINT)`;
  return divideIntegers(a, unscaled(y), type, env);
};

/** The quotient of two HUGEINTs as a decimal whose last digit the quotient's last digit is, rounded half up. */
const divideIntegers = (a: string, b: string, type: Decimal, env: Env): string => {
  const v = env.fresh('v');
  const failure = raise('DIVISION_BY_ZERO', 'Division by zero', type);
  const sign = `CASE WHEN (${v}.a < 0) <> (${v}.b < 0) THEN -1 ELSE 1 END`;
  const quotient = `(((2 * abs(${v}.a) + abs(${v}.b)) // (2 * abs(${v}.b))) * ${sign})`;
  return bind(
    v,
    `{'a': ${a}, 'b': ${b}}`,
    `CASE WHEN ${v}.b = 0 THEN ${failure} ELSE ${scaled(quotient, type)} END`,
  );
};

/** An integer read as the digits of a decimal: 150 at scale 2 gives 1.50. */
const scaled = (integer: string, type: Decimal): string => {
  if (type.s === 0) return `CAST(${integer} AS ${duckType(type)})`;
  const unit = `CAST('0.${'0'.repeat(type.s - 1)}1' AS DECIMAL(${type.s},${type.s}))`;
  return `CAST(CAST(${integer} AS DECIMAL(38,0)) * ${unit} AS ${duckType(type)})`;
};

/** The mean of decimals, at their own scale. */
export const decimalAverage = (sum: string, count: string, type: Decimal, env: Env): string => {
  const v = env.fresh('v');
  const mean = divideIntegers(unscaled(`${v}.s`), `CAST(${v}.n AS HUGEINT)`, type, env);
  return bind(v, `{'s': ${sum}, 'n': ${count}}`, `CASE WHEN ${v}.n > 0 THEN ${mean} END`);
};
