import type * as z from 'zod';
import { patchableFields } from '../http/patch.ts';
import { PROBLEM_TYPE, PROBLEMS, problem, problemUri, type ProblemCode } from '../http/problem.ts';
import { typeName } from '../http/routes.ts';
import type { Entity } from '../schema/entity.ts';
import { createSchema, recordSchema } from '../schema/record.ts';
import { exampleOf } from './example.ts';
import { toJsonSchema, toPatchSchema, type JsonSchema } from './json-schema.ts';

/** A reference to a component schema. */
export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** A JSON body of a component schema. */
export const jsonContent = (name: string) => ({ 'application/json': { schema: ref(name) } });

const documented = (schema: z.ZodObject, io: 'input' | 'output', description: string): JsonSchema => {
  const json = toJsonSchema(schema, io);
  const example = exampleOf(json, schema);
  return { description, ...json, ...(example === undefined ? {} : { examples: [example] }) };
};

const patchComponent = (entity: Entity): JsonSchema => {
  const names = new Set(patchableFields(entity).map(({ name }) => name));
  return {
    description: `Changes of one ${entity.name}, as a JSON Merge Patch (RFC 7396)`,
    ...toPatchSchema(toJsonSchema(createSchema(entity), 'input'), (name) => names.has(name)),
  };
};

const listComponent = (entity: Entity): JsonSchema => ({
  description: `Some ${entity.plural}`,
  type: 'object',
  properties: {
    items: {
      type: 'array',
      items: ref(typeName(entity)),
      description: 'Whole records, or of each the fields asked for with `fields`',
    },
    cursor: { type: 'string', description: 'Ask again with it for what follows; absent after the last' },
  },
  required: ['items'],
  additionalProperties: false,
});

/** The component schemas of an entity: the record, and what creates, changes and lists it. */
export const entityComponents = (entity: Entity): Record<string, JsonSchema> => {
  const name = typeName(entity);
  return {
    [name]: documented(recordSchema(entity), 'output', entity.description),
    [`${name}Create`]: documented(createSchema(entity), 'input', `What makes a new ${entity.name}`),
    [`${name}Patch`]: patchComponent(entity),
    [`${name}List`]: listComponent(entity),
  };
};

/** The component schema of problem documents. */
export const problemComponent = (): JsonSchema => ({
  description: 'Why a request was not answered as asked (RFC 9457)',
  type: 'object',
  properties: {
    type: { enum: Object.keys(PROBLEMS).map((code) => problemUri(code as ProblemCode)) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong with this request and what to do about it' },
    instance: { type: 'string', description: 'Path of the request' },
    errors: {
      type: 'array',
      description: 'Each wrong thing, in the body (JSON pointer) or in the query',
      items: {
        type: 'object',
        properties: {
          pointer: { type: 'string' },
          parameter: { type: 'string' },
          message: { type: 'string' },
        },
        required: ['message'],
      },
    },
    requestId: { type: 'string', description: 'Name it when you ask for help' },
  },
  required: ['type', 'title', 'status', 'detail'],
  examples: [
    problem('validation-failed', 'One thing is wrong with it.', {
      instance: '/orders',
      errors: [{ pointer: '/lines/0/quantity', message: 'Too small: expected number to be >=1' }],
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    }),
  ],
});

/** The problem responses of an operation, by status. */
export const problemResponses = (codes: readonly ProblemCode[]): Record<string, unknown> => {
  const byStatus = Object.groupBy(codes, (code) => String(PROBLEMS[code].status));
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, group = []]) => [
      status,
      {
        description: group.map((code) => PROBLEMS[code].title).join('; '),
        content: { [PROBLEM_TYPE]: { schema: ref('Problem') } },
      },
    ]),
  );
};
