import { REPLAYED } from '../http/idempotency.ts';
import { grantsFor } from '../access/decide.ts';
import { listChoices } from '../http/list.ts';
import type { ProblemCode } from '../http/problem.ts';
import { routes, typeName, type Operation, type Route } from '../http/routes.ts';
import type { Action } from '../schema/actions.ts';
import type { Entity } from '../schema/entity.ts';
import { jsonContent, ref, withFieldsContent } from './components.ts';
import { headers, type HeaderName } from './headers.ts';
import {
  fieldsParameter,
  idempotencyKey,
  ifMatch,
  ifNoneMatch,
  listParameters,
  pathParameters,
} from './parameters.ts';
import { problemResponses } from './problems.ts';
import { describeDelete } from './removal.ts';
import { securityOf } from './security.ts';

type Described = Readonly<Record<string, unknown>>;

const TOKEN: readonly ProblemCode[] = ['unauthorized', 'forbidden'];
const BODY: readonly ProblemCode[] = [
  'validation-failed',
  'malformed-json',
  'unsupported-media-type',
  'too-large',
];
const WRITE: readonly ProblemCode[] = ['conflict', 'out-of-stock', 'idempotency-mismatch'];

const uniqueness = ({ unique }: Entity): readonly ProblemCode[] => (unique.length > 0 ? ['not-unique'] : []);

const recordResponse = (description: string, name: string, ...more: readonly HeaderName[]): Described => ({
  description,
  headers: headers('X-Request-Id', 'ETag', ...more),
  content: jsonContent(name),
});

type Describe = (
  entity: Entity,
  name: string,
  context: { action: string; entities: readonly Entity[] },
) => Described;

const describeAction: Describe = (entity, name, { action }) => {
  const { description, field, from, to } = entity.actions[action] as Action;
  return {
    summary: description,
    description: `Moves ${field} from ${from.join(' or ')} to ${to}.`,
    parameters: [...pathParameters(entity), ifMatch, idempotencyKey],
    responses: {
      200: recordResponse('The record after the move', name, REPLAYED),
      ...problemResponses([
        ...BODY,
        ...TOKEN,
        'not-found',
        'illegal-move',
        ...WRITE,
        ...uniqueness(entity),
        'precondition-failed',
      ]),
    },
  };
};

const describe: Readonly<Record<Operation, Describe>> = {
  create: (entity, name) => ({
    summary: `Create a record of ${entity.plural}`,
    parameters: [idempotencyKey],
    requestBody: { required: true, content: jsonContent(`${name}Create`) },
    responses: {
      201: recordResponse('Created', name, 'Location', REPLAYED),
      ...problemResponses([...BODY, ...TOKEN, 'already-exists', ...uniqueness(entity), ...WRITE]),
    },
  }),
  list: (entity, name) => ({
    summary: `List ${entity.plural} by key or index`,
    description: `Ask by ${listChoices(entity)}.`,
    parameters: listParameters(entity),
    responses: {
      200: {
        description: 'What was found: whole records, or the fields of them asked for with `fields`',
        headers: headers('X-Request-Id'),
        content: withFieldsContent(`${name}List`, `${name}FieldsList`),
      },
      ...problemResponses(['validation-failed', 'no-index', 'bad-cursor', ...TOKEN]),
    },
  }),
  read: (entity, name) => ({
    summary: `Read one of ${entity.plural}`,
    parameters: [...pathParameters(entity), fieldsParameter(entity), ifNoneMatch],
    responses: {
      200: {
        description: 'The record, or the fields of it asked for with `fields`',
        headers: headers('X-Request-Id', 'ETag'),
        content: withFieldsContent(name, `${name}Fields`),
      },
      304: { description: 'The record is still of that version', headers: headers('X-Request-Id', 'ETag') },
      ...problemResponses(['validation-failed', ...TOKEN, 'not-found']),
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
      200: recordResponse('The record after the change', name),
      ...problemResponses([
        ...BODY,
        ...TOKEN,
        'not-found',
        'conflict',
        ...uniqueness(entity),
        'precondition-failed',
      ]),
    },
  }),
  action: describeAction,
  delete: (entity, _name, { entities }) => ({
    summary: `Delete one of ${entity.plural}`,
    ...describeDelete(entity, entities),
    parameters: [...pathParameters(entity), ifMatch],
    responses: {
      204: { description: 'Deleted', headers: headers('X-Request-Id') },
      ...problemResponses([...TOKEN, 'not-found', 'conflict', 'still-referenced', 'precondition-failed']),
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

type Operations = Readonly<Record<string, Described>>;

const FOUND = new Set(['200', '304']);

const headOf = ({ operationId, summary, responses, ...get }: Described): Described => ({
  operationId: `${String(operationId)}Head`,
  summary: `${String(summary)}: the headers alone`,
  ...get,
  responses: {
    ...Object.fromEntries(
      Object.entries(responses as Operations)
        .filter(([status]) => FOUND.has(status))
        .map(([status, { content: _content, ...response }]) => [status, response]),
    ),
    default: { description: 'The status of GET, without its problem document' },
  },
});

/** The operations of a path with HEAD, which every GET takes. */
export const withHead = (operations: Operations): Operations =>
  operations.get ? { ...operations, head: headOf(operations.get) } : operations;

/** The paths of an entity among others, each with its operations. */
export const entityPaths = (entity: Entity, entities: readonly Entity[]): Record<string, Operations> => {
  const paths: Record<string, Operations> = {};
  for (const route of routes(entity))
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, entities) };
  return paths;
};
