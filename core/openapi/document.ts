import { SchemaError } from '../schema/error.ts';
import { entitiesOf, eventsOf, type Schema } from '../schema/load.ts';
import { entityComponents } from './components.ts';
import { eventComponents, eventPaths } from './events.ts';
import { HEADERS } from './headers.ts';
import { entityPaths, withHead } from './operations.ts';
import { problemExamples } from './problem-examples.ts';
import { problemComponentResponses, problemComponents } from './problems.ts';
import { BEARER } from './security.ts';
import { serviceComponents, servicePaths } from './service.ts';

/** An OpenAPI 3.1 document as plain data. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers?: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [part: string]: unknown;
}

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

const DESCRIPTION =
  'Records of each entity, created, read, listed, changed, deleted and moved along by their actions. What is not ' +
  'answered as asked is answered by a problem document (RFC 9457). A route that takes GET takes HEAD, and every path ' +
  'answers OPTIONS with the methods it takes. A path with a slash at its end leads to the same without it. A path ' +
  'nobody serves is a problem `no-such-route`, a method a path does not take `method-not-allowed`.';

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
  const paths = [
    ...entities.map((entity) => entityPaths(entity, entities)),
    ...(events.length > 0 ? [eventPaths(events)] : []),
    servicePaths(),
  ].flatMap((part) => Object.entries(part));
  return {
    openapi: '3.1.0',
    info: { ...info, description: DESCRIPTION },
    security: [{ bearer: [] }],
    tags: tags(schemas),
    paths: Object.fromEntries(paths.map(([path, operations]) => [path, withHead(operations)])),
    components: {
      securitySchemes: { bearer: BEARER },
      headers: HEADERS,
      examples: problemExamples(),
      responses: problemComponentResponses(),
      schemas: merged([
        problemComponents(),
        serviceComponents(),
        ...entities.map(entityComponents),
        events.length > 0 ? eventComponents(events) : {},
      ]),
    },
  };
};
