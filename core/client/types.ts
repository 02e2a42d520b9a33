import type { OpenApiDocument } from '../openapi/document.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { operationType, responseType, type Operation, type Response } from './operation-type.ts';
import { schemaType } from './schema-type.ts';
import { literal, objectType, type Member } from './text.ts';

const HEAD = '// The types of the API, made from its contract by `tailrace types`: do not edit.\n';

interface Located {
  readonly path: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

const pathMember = ({ path, operations }: Located): Member => ({
  name: path,
  type: objectType(
    Object.entries(operations).map(([method, { operationId, summary }]) => ({
      name: method,
      type: `operations[${literal(operationId)}]`,
      comment: summary,
    })),
  ),
});

const operationMembers = ({ operations }: Located): Member[] =>
  Object.values(operations).map((operation) => ({
    name: operation.operationId,
    type: operationType(operation),
  }));

const schemaMembers = (schemas: Readonly<Record<string, unknown>> = {}): Member[] =>
  Object.entries(schemas as Record<string, JsonSchema>).map(([name, schema]) => ({
    name,
    type: schemaType(schema),
    comment: typeof schema.description === 'string' ? schema.description : undefined,
  }));

const responseMembers = (responses: Readonly<Record<string, unknown>> = {}): Member[] =>
  Object.entries(responses as Record<string, Response>).map(([name, response]) => ({
    name,
    type: responseType(response),
    comment: response.description,
  }));

/**
 * The types of an API as a TypeScript file: `paths` for openapi-fetch, `operations`, and `components` with every schema.
 * The names are those openapi-typescript gives them.
 *
 * @example
 * typesOf(openApi(schemas, info)) // export interface paths { '/orders': { get: operations['listOrders']; … } } …
 */
export const typesOf = ({ paths, components }: OpenApiDocument): string => {
  const located = Object.entries(paths).map(([path, operations]) => ({ path, operations }) as Located);
  const parts = [
    { name: 'schemas', type: objectType(schemaMembers(components.schemas)) },
    { name: 'responses', type: objectType(responseMembers(components.responses)) },
  ];
  return [
    HEAD,
    `export interface paths ${objectType(located.map(pathMember))}\n`,
    `export interface components ${objectType(parts)}\n`,
    `export interface operations ${objectType(located.flatMap(operationMembers))}\n`,
  ].join('\n');
};
