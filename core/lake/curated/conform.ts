import { castText, hiveText, type HiveType } from '../hive-type.ts';
import { quoted } from '../sql.ts';

const holdsTimestamp = (type: HiveType): boolean => {
  if (type.kind === 'array') return holdsTimestamp(type.items);
  if (type.kind === 'struct') return type.members.some((member) => holdsTimestamp(member.type));
  return type.name === 'timestamp';
};

type Struct = Extract<HiveType, { kind: 'struct' }>;

const conformStruct = (sql: string, from: Struct, to: Struct, depth: number): string => {
  const parts = to.members.map((member) => {
    const own = from.members.find((candidate) => candidate.name === member.name);
    return own ? conform(`${sql}.${quoted(member.name)}`, own.type, member.type, depth) : 'NULL';
  });
  return `IF(${sql} IS NULL, NULL, CAST(ROW(${parts.join(', ')}) AS ${castText(to)}))`;
};

/**
 * An expression of a column of the log as its curated table takes it. Athena matches the members of rows by position, and
 * Iceberg puts new members last, so rows of another order are taken apart and put together by name. Timestamps are of
 * milliseconds in the log and of microseconds in Iceberg.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/engine-versions-reference-0003.html
 *
 * @example
 * conform('"placed_at"', parseHiveType('timestamp'), parseHiveType('timestamp')) // CAST("placed_at" AS timestamp(6))
 */
export const conform = (sql: string, from: HiveType, to: HiveType, depth = 0): string => {
  if (hiveText(from) === hiveText(to) && !holdsTimestamp(to)) return sql;
  if (from.kind === 'array' && to.kind === 'array') {
    const element = `e${depth}`;
    return `transform(${sql}, ${element} -> ${conform(element, from.items, to.items, depth + 1)})`;
  }
  if (from.kind === 'struct' && to.kind === 'struct') return conformStruct(sql, from, to, depth);
  return `CAST(${sql} AS ${castText(to)})`;
};
