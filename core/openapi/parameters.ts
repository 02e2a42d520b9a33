import { IDEMPOTENCY_KEY } from '../http/idempotency.ts';
import { LIST_LIMIT, listFields, listQueries, operatorsOf, type RangeOperator } from '../http/list.ts';
import type { Entity } from '../schema/entity.ts';
import { unwrap } from '../schema/field-type.ts';
import { exampleFor } from './example.ts';
import { toJsonSchema, type JsonSchema } from './json-schema.ts';

type Described = Readonly<Record<string, unknown>>;

const fieldSchema = (entity: Entity, name: string): JsonSchema => {
  const schema = entity.shape[name];
  if (!schema) throw new TypeError(`${entity.name} has no field ${name}`);
  const { readOnly: _readOnly, ...json } = toJsonSchema(unwrap(schema).inner, 'input');
  return json;
};

/** The version a change is for. */
export const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description: 'Only when the record is still of this version, as its ETag says',
  schema: { type: 'string' },
  example: '"3"',
};

/** What makes a POST safe to repeat. */
export const idempotencyKey = {
  name: IDEMPOTENCY_KEY,
  in: 'header',
  description:
    'Makes the request safe to repeat for a day: the same key with the same body is done once and answered the same',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  example: '6e8bc430-9c3a-11d9-9669-0800200c9a66',
};

/** The version a client has already. */
export const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  description: 'Only when the record is no longer of this version, as its ETag says',
  schema: { type: 'string' },
  example: '"3"',
};

/** The key of a record, in the path. */
export const pathParameters = (entity: Entity): Described[] =>
  entity.key.map((name) => {
    const schema = fieldSchema(entity, name);
    return { name, in: 'path', required: true, schema, example: exampleFor(schema) };
  });

const isTime = (entity: Entity, name: string): boolean => {
  const type = entity.fields.find((field) => field.name === name)?.type.type;
  return type === 'timestamp' || type === 'date';
};

const exampleIn = (entity: Entity, name: string, schema: JsonSchema): unknown =>
  isTime(entity, name) ? '2026-11' : exampleFor(schema);

const queryParameter = (entity: Entity, name: string): Described => {
  const schema = isTime(entity, name) ? { type: 'string' } : fieldSchema(entity, name);
  const how = isTime(entity, name)
    ? 'The time, or as much of its beginning as you know, such as `2026-11`'
    : 'The exact value';
  return { name, in: 'query', description: how, schema, example: exampleIn(entity, name, schema) };
};

const COMPARED: Readonly<Record<RangeOperator, string>> = {
  gte: 'From this value on',
  gt: 'After this value',
  lte: 'Up to this value, itself included',
  lt: 'Before this value',
  prefix: 'Beginning with this text',
};

const rangeParameter = (entity: Entity, name: string, operator: RangeOperator): Described => {
  const inPart = isTime(entity, name) ? '; a time in part, such as `2026-11`, is its beginning' : '';
  const isText = operator === 'prefix' || isTime(entity, name);
  const schema = isText ? { type: 'string' } : fieldSchema(entity, name);
  const description = `${COMPARED[operator]}${inPart}`;
  return {
    name: `${name}[${operator}]`,
    in: 'query',
    description,
    schema,
    example: exampleIn(entity, name, schema),
  };
};

const rangeParameters = (entity: Entity, name: string): Described[] =>
  operatorsOf(entity, name).map((operator) => rangeParameter(entity, name, operator));

const sortFields = (entity: Entity): string[] => [
  ...new Set(listQueries(entity).flatMap(({ key }) => (key.sort ? [key.sort.name] : []))),
];

/** The fields to answer, where not all. */
export const fieldsParameter = (entity: Entity): Described => ({
  name: 'fields',
  in: 'query',
  description: 'Answer these fields alone, apart by commas',
  style: 'form',
  explode: false,
  schema: { type: 'array', items: { type: 'string', enum: entity.fields.map(({ name }) => name) } },
  example: entity.fields.slice(0, 2).map(({ name }) => name),
});

/** What a list can be asked for. */
export const listParameters = (entity: Entity): Described[] => [
  ...listFields(entity).map((name) => queryParameter(entity, name)),
  ...sortFields(entity).flatMap((name) => rangeParameters(entity, name)),
  {
    name: 'limit',
    in: 'query',
    description: 'How many at most',
    schema: {
      type: 'integer',
      minimum: LIST_LIMIT.min,
      maximum: LIST_LIMIT.max,
      default: LIST_LIMIT.default,
    },
    example: 50,
  },
  {
    name: 'order',
    in: 'query',
    description: 'By the sort key: ascending or descending',
    schema: { type: 'string', enum: ['asc', 'desc'], default: 'asc' },
    example: 'desc',
  },
  {
    name: 'cursor',
    in: 'query',
    description: 'From the answer before, with the same other parameters but limit and fields',
    schema: { type: 'string' },
    example: 'mNKq8w2yV3c0Zl6f3n5a9lsiMGUwY2IzZjYiXQ',
  },
  fieldsParameter(entity),
];
