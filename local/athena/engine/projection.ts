import { SqlError } from '../sql/error.ts';
import { dateRange, formatRegex } from './projection-date.ts';

export interface PartitionKey {
  readonly name: string;
  /** Hive type text. */
  readonly type: string;
}

export interface Projected {
  /** Where partitions lie below the bucket: `logs/dt=` and a name in `${}` for each value. */
  readonly template: string;
  readonly keys: readonly ProjectedKey[];
}

interface ProjectedKey {
  readonly name: string;
  /** The form a value has in a path. */
  readonly pattern: string;
  /** Whether the projection contains the value. */
  accepts(value: string): boolean;
}

type Parameters = Readonly<Record<string, string>>;

/**
 * The partition projection of a table, or nothing where it is not enabled
 * (https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html).
 */
export const readProjection = (
  table: { name: string; location: string; keys: readonly PartitionKey[]; parameters: Parameters },
  now: Date,
): Projected | undefined => {
  if (table.parameters['projection.enabled']?.toLowerCase() !== 'true') return undefined;
  const base = table.location.endsWith('/') ? table.location : `${table.location}/`;
  const template = table.parameters['storage.location.template'] ?? hiveTemplate(base, table.keys);
  return { template, keys: table.keys.map((key) => projectedKey(key, table.parameters, now)) };
};

const hiveTemplate = (base: string, keys: readonly PartitionKey[]) =>
  `${base}${keys.map(({ name }) => `${name}=\${${name}}`).join('/')}/`;

const projectedKey = (key: PartitionKey, parameters: Parameters, now: Date): ProjectedKey => {
  const property = (name: string) => parameters[`projection.${key.name}.${name}`];
  const type = property('type')?.toLowerCase();
  const fail = (why: string) =>
    new SqlError('INVALID_TABLE_PROPERTY', `projection of column '${key.name}': ${why}`);
  if (type === 'injected') return { name: key.name, pattern: '([^/]+)', accepts: () => true };
  if (type === 'enum') return enumKey(key.name, property('values'), fail);
  if (type === 'integer')
    return integerKey(key.name, property('range'), property('digits'), property('interval'), fail);
  if (type === 'date') return dateKey(key.name, property('range'), property('format'), now, fail);
  throw fail(`type '${type}' is not enum, integer, date or injected`);
};

type Fail = (why: string) => SqlError;

const enumKey = (name: string, values: string | undefined, fail: Fail): ProjectedKey => {
  if (values === undefined) throw fail('values are missing');
  const allowed = new Set(values.split(','));
  return { name, pattern: '([^/]+)', accepts: (value) => allowed.has(value) };
};

const integerKey = (
  name: string,
  range: string | undefined,
  digits: string | undefined,
  interval: string | undefined,
  fail: Fail,
): ProjectedKey => {
  const [low, high] = (range ?? '').split(',').map((end) => Number(end.trim()));
  if (low === undefined || high === undefined || Number.isNaN(low + high))
    throw fail(`range '${range}' is not two integers`);
  const step = Number(interval ?? 1);
  const width = Number(digits ?? 0);
  const written = (value: number) => String(value).padStart(width, '0');
  return {
    name,
    pattern: '(-?[0-9]+)',
    accepts: (text) => {
      const value = Number(text);
      return value >= low && value <= high && (value - low) % step === 0 && written(value) === text;
    },
  };
};

const dateKey = (
  name: string,
  range: string | undefined,
  format: string | undefined,
  now: Date,
  fail: Fail,
): ProjectedKey => {
  if (range === undefined || format === undefined) throw fail('range and format are both needed');
  const { low, high, toTime } = dateRange(range, format, now, fail);
  return {
    name,
    pattern: `(${formatRegex(format)})`,
    accepts: (text) => {
      const time = toTime(text);
      return time !== undefined && time >= low && time <= high;
    },
  };
};

/** The part of a location template before its first value: what has to be listed. */
export const fixedPrefix = (template: string): string => template.split('${')[0] ?? '';

/** A function that tells the partition values an object's address belongs to, or nothing when it lies in no projected partition. */
export const partitionMatcher = (projected: Projected) => {
  const seen: string[] = [];
  const source = projected.template.replaceAll(
    /\$\{([^}]+)\}|([.*+?^$()|[\]\\{}])/g,
    (_, name?: string, special?: string) => {
      if (name === undefined) return `\\${special}`;
      const key = projected.keys.find((candidate) => candidate.name === name.toLowerCase());
      if (!key)
        throw new SqlError(
          'INVALID_TABLE_PROPERTY',
          `storage.location.template names '${name}', which is no partition key`,
        );
      seen.push(key.name);
      return key.pattern;
    },
  );
  const pattern = new RegExp(`^${source.endsWith('/') ? source : `${source}/`}`);
  return (address: string): Record<string, string> | undefined => {
    const match = pattern.exec(address);
    if (!match) return undefined;
    const values: Record<string, string> = {};
    for (const [index, name] of seen.entries()) values[name] = decode(match[index + 1] ?? '');
    return projected.keys.every((key) => key.accepts(values[key.name] ?? '')) ? values : undefined;
  };
};

const decode = (text: string) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
