import { LIST_CONTROLS, listFields } from './list.ts';
import type { Entity } from '../schema/entity.ts';
import { SchemaError } from '../schema/error.ts';
import { entitiesOf, type Schema } from '../schema/load.ts';

/** What can be done with an entity over HTTP. */
export type Operation = 'create' | 'read' | 'list' | 'patch' | 'delete' | 'action';
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** One route of an entity. `path` is a template as API Gateway and OpenAPI write it: `/orders/{id}`. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly operation: Operation;
  readonly operationId: string;
  readonly entity: Entity;
  /** The action's name, where the operation is one. */
  readonly action?: string;
}

/** A route that belongs to no entity. */
export interface FixedRoute {
  readonly method: Method;
  readonly path: string;
  readonly operationId: string;
  /** True when it is answered without a token. */
  readonly public: boolean;
}

/** The routes every deployment has besides those of its entities. */
export const FIXED_ROUTES: readonly FixedRoute[] = [
  { method: 'GET', path: '/health', operationId: 'getHealth', public: true },
  { method: 'GET', path: '/openapi.json', operationId: 'getOpenApi', public: true },
  { method: 'GET', path: '/docs', operationId: 'getDocs', public: true },
];

/** Where answers of marts are read. */
export const INSIGHT_ROUTES: readonly FixedRoute[] = [
  { method: 'GET', path: '/insights', operationId: 'listInsights', public: false },
  { method: 'GET', path: '/insights/{name}', operationId: 'readInsight', public: false },
];

/** Where clients report events. Served by the collector, not by the api function. */
export const EVENTS_ROUTE: FixedRoute = {
  method: 'POST',
  path: '/events',
  operationId: 'postEvents',
  public: false,
};

const RESERVED_PATHS = new Set([...FIXED_ROUTES, ...INSIGHT_ROUTES, EVENTS_ROUTE].map(({ path }) => path));

const pascal = (name: string): string =>
  name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, first: string) => first.toUpperCase());

/** The name of an entity or event as a type: `product_viewed` is `ProductViewed`. */
export const typeName = (schema: Schema): string => pascal(schema.name);

const collectionPath = (entity: Entity): string => {
  const path = `/${entity.plural}`;
  if (!RESERVED_PATHS.has(path)) return path;
  throw new SchemaError(
    `${entity.name}.plural`,
    `the path ${path} belongs to the API itself`,
    'Set another plural',
  );
};

const checkParameters = (entity: Entity): void => {
  const taken = listFields(entity).find((name) => LIST_CONTROLS.some((control) => control === name));
  if (taken === undefined) return;
  throw new SchemaError(
    `${entity.name}.${taken}`,
    `"${taken}" is a parameter of every list, so no key or index may use it`,
    'Rename the field',
  );
};

/**
 * The routes of an entity. API Gateway, the router of the api function and OpenAPI are all made from this list.
 * Throws SchemaError when a path or parameter would be one of the API's own.
 *
 * @example
 * routes(order).map(({ method, path }) => `${method} ${path}`) // POST /orders, GET /orders, GET /orders/{id}, …
 */
export const routes = (entity: Entity): Route[] => {
  checkParameters(entity);
  const collection = collectionPath(entity);
  const item = `${collection}/${entity.key.map((name) => `{${name}}`).join('/')}`;
  const [one, many] = [pascal(entity.name), pascal(entity.plural)];
  const route = (method: Method, path: string, operation: Operation, operationId: string): Route => ({
    method,
    path,
    operation,
    operationId,
    entity,
  });
  return [
    route('POST', collection, 'create', `create${one}`),
    route('GET', collection, 'list', `list${many}`),
    route('GET', item, 'read', `read${one}`),
    route('PATCH', item, 'patch', `patch${one}`),
    route('DELETE', item, 'delete', `delete${one}`),
    ...Object.keys(entity.actions).map((action) => ({
      ...route('POST', `${item}/${action}`, 'action', `${action}${one}`),
      action,
    })),
  ];
};

/** The routes of every entity among the schemas. */
export const entityRoutes = (schemas: readonly Schema[]): Route[] => entitiesOf(schemas).flatMap(routes);

/** The path of one record, as in the `Location` header: `/orders/o1`. */
export const recordPath = (entity: Entity, record: Readonly<Record<string, unknown>>): string =>
  [`/${entity.plural}`, ...entity.key.map((name) => encodeURIComponent(String(record[name])))].join('/');
