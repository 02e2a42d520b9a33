import type { PlainRecord } from '../../core/http/patch.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { FieldType } from '../../core/schema/field-type.ts';
import { pointer, type Issue } from '../../core/schema/issues.ts';
import { tableDefinition, type KeySchema } from '../../core/table/definition.ts';

/** What DynamoDB would refuse of a valid record, field by field. */
export type LimitCheck = (record: PlainRecord) => Issue[];

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_BYTES = { partition: 2048, sort: 1024 } as const;
const SMALLEST_NUMBER = 1e-130;

const hasNumber = (type: FieldType): boolean => {
  if (type.type === 'array') return hasNumber(type.items);
  if (type.type === 'object') return type.fields.some((field) => hasNumber(field.type));
  return type.type === 'number';
};

/** Past 2^53 neither DynamoDB's client nor the lake keeps a number exact. */
const fits = (value: number): boolean =>
  Math.abs(value) <= Number.MAX_SAFE_INTEGER && (value === 0 || Math.abs(value) >= SMALLEST_NUMBER);

const numberIssues = (value: unknown, path: readonly PropertyKey[]): Issue[] => {
  if (typeof value === 'number')
    return fits(value)
      ? []
      : [
          {
            pointer: pointer(path),
            message: 'The number cannot be stored: keep it within ±2^53 and, unless 0, from 1e-130',
          },
        ];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => numberIssues(part, [...path, name]));
};

const keyLimits = ({ partition, sort }: KeySchema): [name: string, bytes: number][] => [
  [partition.name, MAX_BYTES.partition],
  ...(sort ? ([[sort.name, MAX_BYTES.sort]] as [string, number][]) : []),
];

const keyIssue = (record: PlainRecord, [name, bytes]: [string, number]): Issue[] => {
  const value = record[name];
  return typeof value === 'string' && value.length * 3 > bytes && Buffer.byteLength(value) > bytes
    ? [{ pointer: pointer([name]), message: `Too long for a key: at most ${bytes} bytes` }]
    : [];
};

/** Compiles the check of an entity. */
export const limitCheck = (entity: Entity): LimitCheck => {
  const { key, indexes } = tableDefinition(entity);
  const keys = [key, ...Object.values(indexes)].flatMap(keyLimits);
  const numbers = entity.fields.filter((field) => hasNumber(field.type)).map(({ name }) => name);
  return (record) => [
    ...keys.flatMap((limit) => keyIssue(record, limit)),
    ...numbers.flatMap((name) => numberIssues(record[name], [name])),
  ];
};
