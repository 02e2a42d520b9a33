import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { OpenApiDocument } from '../core/openapi/document.ts';

interface Response {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

/** A request, its path without the query. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** True when it asks for some fields alone. */
  readonly fields?: boolean;
}

/** An answer, its body parsed. */
export interface Answered {
  readonly status: number;
  /** By lower case name. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Tells what of an answer does not fit a contract; nothing when it fits. */
export type Contract = (asked: Asked, answered: Answered) => string[];

const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
const pointer = (...parts: readonly string[]): string => `#/${parts.map(escaped).join('/')}`;

const fits = (template: string, path: string): boolean => {
  const [wanted, given] = [template.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part.startsWith('{') ? given[index] !== '' : part === given[index]))
  );
};

/** Reads a place of the document, following a reference. */
const reader = (document: OpenApiDocument) => {
  const at = (place: string): unknown =>
    place
      .slice(2)
      .split('/')
      .reduce<unknown>(
        (value, part) =>
          (value as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')],
        document,
      );
  const follow = (place: string): string => {
    const found = at(place) as { $ref?: string } | undefined;
    return found?.$ref === undefined ? place : follow(found.$ref);
  };
  return { at, follow };
};

const mediaTypeOf = ({ headers }: Answered): string => {
  const type = headers['content-type'];
  return typeof type === 'string' ? (type.split(';')[0] ?? '') : '';
};

/** An answer of the gateway itself has no request id of the API, and one form for all. */
const isOfGateway = ({ status, headers }: Answered): boolean =>
  status >= 400 && headers['x-request-id'] === undefined;

/**
 * Reads an OpenAPI document as a judge of answers: of their status, headers, media type and body. Schemas are checked by
 * ajv, which is not what made them.
 *
 * @example
 * contractOf(document)({ method: 'GET', path: '/orders/o1' }, { status: 418, … }) // ['GET /orders/{id} has no status 418']
 */
export const contractOf = (document: OpenApiDocument): Contract => {
  const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true })).addSchema(document, 'api');
  const { at, follow } = reader(document);

  const wrongIn = (place: string, value: unknown): string[] => {
    const validate = ajv.getSchema(`api${encodeURI(place)}`) as ValidateFunction | undefined;
    if (!validate) return [`the document has no schema at ${place}`];
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath}: ${message}`);
  };

  const wrongHeaders = (place: string, { headers: said = {} }: Response, { headers: given }: Answered) => {
    const names = Object.keys(at('#/components/headers') ?? {});
    return names.flatMap((name) => {
      const value = given[name.toLowerCase()];
      if (said[name] === undefined) return value === undefined ? [] : [`the header ${name} is not described`];
      if (value === undefined) return name === 'X-Request-Id' ? ['there is no X-Request-Id'] : [];
      return wrongIn(`${follow(`${place}/headers/${name}`)}/schema`, value).map((text) => `${name}${text}`);
    });
  };

  const wrongBody = (place: string, { content }: Response, answered: Answered, fields: boolean): string[] => {
    const { body } = answered;
    if (!content) return body === undefined ? [] : ['there is a body'];
    const type = mediaTypeOf(answered);
    if (!content[type]) return [`the media type is ${type || 'not said'}`];
    const schema = fields && answered.status === 200 ? 'x-with-fields' : 'schema';
    return wrongIn(follow(`${place}/content/${escaped(type)}/${schema}`), body);
  };

  return ({ method, path, fields = false }, answered) => {
    if (isOfGateway(answered)) return wrongIn('#/components/schemas/GatewayError', answered.body);
    const template = Object.keys(document.paths).find((candidate) => fits(candidate, path)) ?? '';
    const operation = pointer('paths', template, method.toLowerCase());
    const name = `${method} ${template || path}`;
    if (!at(operation)) return [`${name} is not described`];
    const said = [String(answered.status), 'default'].find((status) =>
      at(`${operation}/responses/${status}`),
    );
    if (said === undefined) return [`${name} has no status ${answered.status}`];
    if (said === 'default') return [];
    const place = follow(`${operation}/responses/${said}`);
    const response = at(place) as Response;
    return [...wrongHeaders(place, response, answered), ...wrongBody(place, response, answered, fields)].map(
      (text) => `${name} ${answered.status}: ${text}`,
    );
  };
};
