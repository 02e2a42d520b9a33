import type { Analysis } from './scope.ts';
import { bind } from './raise.ts';

/**
 * A floating-point number printed as Java prints it, which is what Trino's cast to varchar gives:
 * `1.0E10` from ten million on and `1.0E-5` below a thousandth, else plain with at least one decimal.
 */
export const javaDouble = (sql: string, env: Pick<Analysis, 'fresh'>): string => {
  const x = env.fresh('v');
  const special = `WHEN isnan(${x}) THEN 'NaN' WHEN isinf(${x}) THEN CASE WHEN ${x} > 0 THEN 'Infinity' ELSE '-Infinity' END`;
  const plain = `WHEN ${x} = 0 OR (abs(${x}) >= 1e-3 AND abs(${x}) < 1e7) THEN CAST(${x} AS VARCHAR)`;
  return bind(x, sql, `CASE WHEN ${x} IS NULL THEN NULL ${special} ${plain} ELSE ${scientific(x, env)} END`);
};

/** From DuckDB's shortest digits, `123456789.0` or `1.5e-07`, to one digit, the rest, and the exponent. */
const scientific = (x: string, env: Pick<Analysis, 'fresh'>): string => {
  const [t, d] = [env.fresh('v'), env.fresh('v')];
  const mantissa = `split_part(${t}, 'e', 1)`;
  const exponent = `coalesce(TRY_CAST(nullif(split_part(${t}, 'e', 2), '') AS INTEGER), 0)`;
  const whole = `split_part(${mantissa}, '.', 1)`;
  const digits = `ltrim(replace(${mantissa}, '.', ''), '0')`;
  const lost = `(length(replace(${mantissa}, '.', '')) - length(${digits}))`;
  const power = `(length(${whole}) - 1 - ${lost} + ${exponent})`;
  const tail = `coalesce(nullif(rtrim(substr(${d}, 2), '0'), ''), '0')`;
  const text = bind(d, digits, `left(${d}, 1) || '.' || ${tail} || 'E' || ${power}`);
  return bind(t, `CAST(abs(${x}) AS VARCHAR)`, `CASE WHEN ${x} < 0 THEN '-' ELSE '' END || ${text}`);
};
