import { IDEMPOTENCY_KEY, REPLAYED } from '../http/idempotency.ts';
import { grantsFor } from '../access/decide.ts';
import { securityOf } from './security.ts';
import {
  LIST_LIMIT,
  listChoices,
  listFields,
  listQueries,
  operatorsOf,
  type RangeOperator,
} from '../http/list.ts';
import { routes, typeName, type Operation, type Route } from '../http/routes.ts';
import type { ProblemCode } from '../http/problem.ts';
import type { Action } from '../schema/actions.ts';
import type { Entity } from '../schema/entity.ts';
import { unwrap } from '../schema/field-type.ts';
import { jsonContent, problemResponses, ref } from './components.ts';
import { describeDelete } from './removal.ts';
import { toJsonSchema, type JsonSchema } from './json-schema.ts';

type Described = Readonly<Record<string, unknown>>;

const ALWAYS: readonly ProblemCode[] = ['unauthorized', 'forbidden', 'internal', 'unavailable'];
const BODY: readonly ProblemCode[] = [
  'validation-failed',
  'malformed-json',
  'unsupported-media-type',
  'too-large',
];

const CREATE: readonly ProblemCode[] = [
  'not-unique',
  'already-exists',
  'conflict',
  'out-of-stock',
  'idempotency-mismatch',
];
const ACTION: readonly ProblemCode[] = [
  'illegal-move',
  'conflict',
  'out-of-stock',
  'precondition-failed',
  'idempotency-mismatch',
];

const fieldSchema = (entity: Entity, name: string): JsonSchema => {
  const schema = entity.shape[name];
  if (!schema) throw new TypeError(`${entity.name} has no field ${name}`);
  const { readOnly: _readOnly, ...json } = toJsonSchema(unwrap(schema).inner, 'input');
  return json;
};

const etag = { ETag: { description: 'Version of the record, quoted', schema: { type: 'string' } } };
const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description: 'Only when the record is still of this version, as its ETag says',
  schema: { type: 'string' },
};

const idempotencyKey = {
  name: IDEMPOTENCY_KEY,
  in: 'header',
  description:
    'Makes the request safe to repeat for a day: the same key with the same body is done once and answered the same',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  example: '6e8bc430-9c3a-11d9-9669-0800200c9a66',
};
const replayed = {
  [REPLAYED]: {
    description: 'True when the answer is that of an earlier request with the same key',
    schema: { type: 'string', const: 'true' },
  },
};

const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  description: 'Only when the record is no longer of this version, as its ETag says',
  schema: { type: 'string' },
};

const pathParameters = (entity: Entity): Described[] =>
  entity.key.map((name) => ({ name, in: 'path', required: true, schema: fieldSchema(entity, name) }));

const isTime = (entity: Entity, name: string): boolean => {
  const type = entity.fields.find((field) => field.name === name)?.type.type;
  return type === 'timestamp' || type === 'date';
};

const queryParameter = (entity: Entity, name: string): Described => {
  const schema = isTime(entity, name) ? { type: 'string' } : fieldSchema(entity, name);
  const how = isTime(entity, name)
    ? 'The time, or as much of its beginning as you know, such as `2026-11`'
    : 'The exact value';
  return { name, in: 'query', description: how, schema };
};

const COMPARED: Readonly<Record<RangeOperator, string>> = {
  gte: 'From this value on',
  gt: 'After this value',
  lte: 'Up to this value, itself included',
  lt: 'Before this value',
  prefix: 'Beginning with this text',
};

const rangeParameters = (entity: Entity, name: string): Described[] =>
  operatorsOf(entity, name).map((operator) => ({
    name: `${name}[${operator}]`,
    in: 'query',
    description: `${COMPARED[operator]}${isTime(entity, name) ? '; a time in part, such as `2026-11`, is its beginning' : ''}`,
    schema: operator === 'prefix' || isTime(entity, name) ? { type: 'string' } : fieldSchema(entity, name),
  }));

const sortFields = (entity: Entity): string[] => [
  ...new Set(listQueries(entity).flatMap(({ key }) => (key.sort ? [key.sort.name] : []))),
];

const fieldsParameter = (entity: Entity): Described => ({
  name: 'fields',
  in: 'query',
  description: 'Answer these fields alone, apart by commas',
  style: 'form',
  explode: false,
  schema: { type: 'array', items: { enum: entity.fields.map(({ name }) => name) } },
});

const listParameters = (entity: Entity): Described[] => [
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
  },
  {
    name: 'order',
    in: 'query',
    description: 'By the sort key: ascending or descending',
    schema: { type: 'string', enum: ['asc', 'desc'], default: 'asc' },
  },
  {
    name: 'cursor',
    in: 'query',
    description: 'From the answer before, with the same other parameters but limit and fields',
    schema: { type: 'string' },
  },
  fieldsParameter(entity),
];

const describeAction = ({ actions }: Entity, name: string, called: string): Described => {
  const { description, field, from, to } = actions[called] as Action;
  return {
    summary: description,
    description: `Moves ${field} from ${from.join(' or ')} to ${to}.`,
    responses: {
      200: {
        description: 'The record after the move',
        headers: { ...etag, ...replayed },
        content: jsonContent(name),
      },
      ...problemResponses(['validation-failed', 'not-found', ...ACTION, ...ALWAYS]),
    },
  };
};

type Describe = (
  entity: Entity,
  name: string,
  context: { action: string; entities: readonly Entity[] },
) => Described;

const describe: Readonly<Record<Operation, Describe>> = {
  create: (entity, name) => ({
    summary: `Create a record of ${entity.plural}`,
    parameters: [idempotencyKey],
    requestBody: { required: true, content: jsonContent(`${name}Create`) },
    responses: {
      201: {
        description: 'Created',
        headers: {
          Location: { description: 'Path of the record', schema: { type: 'string' } },
          ...etag,
          ...replayed,
        },
        content: jsonContent(name),
      },
      ...problemResponses([...BODY, ...CREATE, ...ALWAYS]),
    },
  }),
  list: (entity, name) => ({
    summary: `List ${entity.plural} by key or index`,
    description: `Ask by ${listChoices(entity)}.`,
    parameters: listParameters(entity),
    responses: {
      200: { description: 'What was found', content: jsonContent(`${name}List`) },
      ...problemResponses(['validation-failed', 'no-index', 'bad-cursor', ...ALWAYS]),
    },
  }),
  read: (entity, name) => ({
    summary: `Read one of ${entity.plural}`,
    parameters: [...pathParameters(entity), fieldsParameter(entity), ifNoneMatch],
    responses: {
      200: {
        description: 'The record, or of it the fields asked for with `fields`',
        headers: etag,
        content: jsonContent(name),
      },
      304: { description: 'The record is still of that version', headers: etag },
      ...problemResponses(['validation-failed', 'not-found', ...ALWAYS]),
    },
  }),
  patch: (entity, name) => ({
    summary: `Change one of ${entity.plural}`,
    parameters: [...pathParameters(entity), ifMatch],
    requestBody: {
      required: true,
      content: {
        'application/merge-patch+json': { schema: ref(`${name}Patch`) },
        ...jsonContent(`${name}Patch`),
      },
    },
    responses: {
      200: { description: 'The record after the change', headers: etag, content: jsonContent(name) },
      ...problemResponses([...BODY, 'not-found', 'conflict', 'not-unique', 'precondition-failed', ...ALWAYS]),
    },
  }),
  action: (entity, name, { action }) => ({
    parameters: [...pathParameters(entity), ifMatch, idempotencyKey],
    ...describeAction(entity, name, action),
  }),
  delete: (entity, _name, { entities }) => ({
    summary: `Delete one of ${entity.plural}`,
    ...describeDelete(entity, entities),
    parameters: [...pathParameters(entity), ifMatch],
    responses: {
      204: { description: 'Deleted' },
      ...problemResponses(['not-found', 'conflict', 'still-referenced', 'precondition-failed', ...ALWAYS]),
    },
  }),
};

const operation = (
  { entity, operation: kind, operationId, action }: Route,
  entities: readonly Entity[],
): Described => ({
  operationId,
  tags: [entity.plural],
  security: securityOf(grantsFor(entity.access, { operation: kind, action })),
  ...describe[kind](entity, typeName(entity), { action: action ?? '', entities }),
});

/** The paths of an entity among others, each with its operations. */
export const entityPaths = (entity: Entity, entities: readonly Entity[]): Record<string, Described> => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes(entity))
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, entities) };
  return paths;
};
