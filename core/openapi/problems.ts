import { PROBLEM_TYPE, PROBLEMS, problemUri, type ProblemCode } from '../http/problem.ts';
import { headers, type HeaderName } from './headers.ts';
import type { JsonSchema } from './json-schema.ts';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

const problemSchema = (): JsonSchema => ({
  description: 'Why a request was not answered as asked (RFC 9457)',
  type: 'object',
  properties: {
    type: {
      type: 'string',
      enum: CODES.map(problemUri),
      description: 'Which problem it is. Go by it',
    },
    title: { type: 'string', description: 'The type in words' },
    status: { type: 'integer', description: 'The HTTP status' },
    detail: { type: 'string', description: 'What is wrong with this request and what to do about it' },
    instance: { type: 'string', description: 'Path of the request' },
    errors: {
      type: 'array',
      description: 'Each wrong thing: in the body (JSON pointer), or in the query or a header',
      items: {
        type: 'object',
        properties: {
          pointer: { type: 'string' },
          parameter: { type: 'string' },
          message: { type: 'string' },
        },
        required: ['message'],
        additionalProperties: false,
      },
    },
    requestId: { type: 'string', description: 'Name it when you ask for help' },
  },
  required: ['type', 'title', 'status', 'detail'],
  additionalProperties: false,
});

const gatewayErrorSchema = (): JsonSchema => ({
  description:
    'What the gateway says itself, before or instead of the API: of a bad token, too large a request, too many at ' +
    'once, a function that fails. It has no type; go by the status',
  type: 'object',
  properties: { message: { type: 'string' } },
  required: ['message'],
  examples: [{ message: 'Unauthorized' }],
});

/** The component schemas of what goes wrong. */
export const problemComponents = (): Record<string, JsonSchema> => ({
  Problem: problemSchema(),
  GatewayError: gatewayErrorSchema(),
});

/** The statuses the gateway answers itself, and its words. */
const GATEWAY: Readonly<Record<string, string>> = {
  401: 'Unauthorized',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const HEADERS_OF: Readonly<Record<string, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  405: ['Allow'],
  503: ['Retry-After'],
};

const problemContent = (codes: readonly ProblemCode[]): object => ({
  [PROBLEM_TYPE]: {
    schema: ref('Problem'),
    examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
  },
});

const gatewayContent = (status: string): object => {
  const message = GATEWAY[status];
  return message === undefined
    ? {}
    : { 'application/json': { schema: ref('GatewayError'), example: { message } } };
};

const response = (status: string, codes: readonly ProblemCode[]): object => ({
  description: codes.map((code) => PROBLEMS[code].title).join('; '),
  headers: headers('X-Request-Id', ...(HEADERS_OF[status] ?? [])),
  content: { ...problemContent(codes), ...gatewayContent(status) },
});

/** Problems that are alone in their status stand once in the document, under their code. */
const ALONE = Object.values(Object.groupBy(CODES, (code) => String(PROBLEMS[code].status))).flatMap(
  (group = []) => (group.length === 1 ? group : []),
);

const TOO_MANY = { description: 'More requests at once than the API takes', content: gatewayContent('429') };

/** The component responses: those that many operations have. */
export const problemComponentResponses = (): Record<string, object> => ({
  ...Object.fromEntries(ALONE.map((code) => [code, response(String(PROBLEMS[code].status), [code])])),
  'too-many-requests': TOO_MANY,
});

const responseRef = (name: string): object => ({ $ref: `#/components/responses/${name}` });

const responseOf = (status: string, group: readonly ProblemCode[]): object => {
  const alone = ALONE.find((code) => code === group[0]);
  return alone ? responseRef(alone) : response(status, group);
};

/** The responses of an operation that can fail by these problems, by status; and what every operation has besides. */
export const problemResponses = (codes: readonly ProblemCode[]): Record<string, unknown> => {
  const all = [...new Set<ProblemCode>([...codes, 'internal', 'unavailable'])];
  const byStatus = Object.groupBy(all, (code) => String(PROBLEMS[code].status));
  return {
    ...Object.fromEntries(
      Object.entries(byStatus).map(([status, group = []]) => [status, responseOf(status, group)]),
    ),
    429: responseRef('too-many-requests'),
  };
};
