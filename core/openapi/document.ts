import { FIXED_ROUTES } from '../http/routes.ts';
import { SchemaError } from '../schema/error.ts';
import { entitiesOf, eventsOf, type Schema } from '../schema/load.ts';
import { entityComponents, problemComponent } from './components.ts';
import { eventComponents, eventPaths } from './events.ts';
import { entityPaths } from './operations.ts';
import { BEARER } from './security.ts';

/** An OpenAPI 3.1 document as plain data. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly servers?: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [part: string]: unknown;
}

const FIXED_ANSWERS: Readonly<Record<string, object>> = {
  '/health': {
    summary: 'Whether the API answers',
    responses: {
      200: {
        description: 'It does',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { status: { const: 'ok' }, version: { type: 'string' } },
              required: ['status', 'version'],
            },
          },
        },
      },
    },
  },
  '/docs': {
    summary: 'This document as a page',
    responses: { 200: { description: 'HTML', content: { 'text/html': { schema: { type: 'string' } } } } },
  },
  '/openapi.json': {
    summary: 'This document',
    responses: {
      200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
    },
  },
};

const fixedPaths = (): Record<string, unknown> =>
  Object.fromEntries(
    FIXED_ROUTES.map(({ method, path, operationId }) => [
      path,
      { [method.toLowerCase()]: { operationId, tags: ['service'], security: [], ...FIXED_ANSWERS[path] } },
    ]),
  );

/** Throws SchemaError when two schemas would be the same component. */
const merged = (parts: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> => {
  const all: Record<string, unknown> = {};
  for (const [name, component] of parts.flatMap((part) => Object.entries(part))) {
    if (Object.hasOwn(all, name))
      throw new SchemaError(
        name,
        'two schemas of the API document would have this name',
        'Rename the entity or event',
      );
    all[name] = component;
  }
  return all;
};

const tags = (schemas: readonly Schema[]): object[] => [
  ...entitiesOf(schemas).map(({ plural, description }) => ({ name: plural, description })),
  ...(eventsOf(schemas).length > 0 ? [{ name: 'events', description: 'What clients report' }] : []),
  { name: 'service', description: 'The API itself' },
];

/**
 * The OpenAPI 3.1 document of every route the schemas give.
 *
 * @example
 * openApi(schemas, { title: 'Store', version: '1.0.0' }).paths['/orders/{id}']
 */
export const openApi = (
  schemas: readonly Schema[],
  info: { title: string; version: string },
): OpenApiDocument => {
  const events = eventsOf(schemas);
  const entities = entitiesOf(schemas);
  return {
    openapi: '3.1.0',
    info,
    security: [{ bearer: [] }],
    tags: tags(schemas),
    paths: Object.assign(
      {},
      ...entities.map((entity) => entityPaths(entity, entities)),
      events.length > 0 ? eventPaths(events) : {},
      fixedPaths(),
    ) as Record<string, unknown>,
    components: {
      securitySchemes: { bearer: BEARER },
      schemas: merged([
        { Problem: problemComponent() },
        ...entities.map(entityComponents),
        events.length > 0 ? eventComponents(events) : {},
      ]),
    },
  };
};
