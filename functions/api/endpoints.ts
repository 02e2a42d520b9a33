import { entityRoutes, FIXED_ROUTES, type Operation, type Route } from '../../core/http/routes.ts';
import { openApi, type OpenApiDocument } from '../../core/openapi/document.ts';
import type { Schema } from '../../core/schema/load.ts';
import { boundOf, present } from './access.ts';
import { baseOf, redirectOf, toCall, type Answer, type Call, type HttpEvent } from './call.ts';
import { docsAnswer } from './docs/docs.ts';
import type { Model } from './model.ts';
import { act } from './operations/act.ts';
import { create } from './operations/create.ts';
import { list } from './operations/list.ts';
import { patch } from './operations/patch.ts';
import { read } from './operations/read.ts';
import { remove } from './operations/delete.ts';
import { ownStore } from './own-store.ts';
import type { Endpoint } from './routing.ts';
import { modelNamed, type Service } from './service.ts';

type Operate = (service: Service, model: Model, call: Call) => Promise<Answer>;

const operations: Readonly<Record<Operation, Operate>> = {
  create,
  read,
  list,
  patch,
  delete: remove,
  action: act,
};

/** The one place every operation goes through: within what the caller owns, and answering what it may see. */
const guarded = async (operate: Operate, service: Service, model: Model, call: Call): Promise<Answer> => {
  const bound = boundOf(call.permission);
  const allowed = bound ? { ...service, store: ownStore(service.store, model, bound) } : service;
  return present(call, await operate(allowed, model, call));
};

const entityEndpoint = (service: Service, route: Route): Endpoint => {
  const model = modelNamed(service, route.entity.name);
  const operate = operations[route.operation];
  return {
    method: route.method,
    path: route.path,
    work: async (event) => redirectOf(event) ?? guarded(operate, service, model, toCall(route, event)),
  };
};

const HOST = /^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:]+\](?::\d{1,5})?$/i;

/** Where the client reached us, so that the document works as it is. */
const serverUrl = (event: HttpEvent): string => {
  const { headers, requestContext } = event;
  const { domainName } = requestContext;
  const host = headers.host !== undefined && HOST.test(headers.host) ? headers.host : domainName;
  const scheme = headers['x-forwarded-proto'] === 'http' ? 'http' : 'https';
  return `${scheme}://${host}${baseOf(event)}`;
};

/** Each made when it is first asked for. */
const documentEndpoints = (
  schemas: readonly Schema[],
  info: { title: string; version: string },
): Readonly<Record<'getOpenApi' | 'getDocs', Endpoint['work']>> => {
  let made: OpenApiDocument | undefined;
  let page: Answer | undefined;
  const document = (): OpenApiDocument => (made ??= openApi(schemas, info));
  return {
    getOpenApi: async (event) => ({
      status: 200,
      body: { ...document(), servers: [{ url: serverUrl(event) }] },
    }),
    getDocs: async () => (page ??= docsAnswer(document())),
  };
};

/** Every endpoint the api function serves: the fixed ones and those of each entity. */
export const endpointsOf = (
  service: Service,
  schemas: readonly Schema[],
  info: { title: string; version: string },
): Endpoint[] => {
  const fixed: Readonly<Record<string, Endpoint['work']>> = {
    getHealth: async () => ({ status: 200, body: { status: 'ok', version: info.version } }),
    ...documentEndpoints(schemas, info),
  };
  return [
    ...FIXED_ROUTES.map(({ method, path, operationId }) => ({
      method,
      path,
      work: fixed[operationId] as Endpoint['work'],
    })),
    ...entityRoutes(schemas).map((route) => entityEndpoint(service, route)),
  ];
};
