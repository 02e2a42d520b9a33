import { REPLAYED } from '../http/idempotency.ts';

/** The headers of answers, each described once. */
export const HEADERS = {
  'X-Request-Id': {
    description: 'Finds the request in the logs. Name it when you ask for help',
    schema: { type: 'string' },
    example: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  },
  ETag: {
    description: 'Version of the record, quoted: for `If-Match` and `If-None-Match`',
    schema: { type: 'string' },
    example: '"3"',
  },
  Location: {
    description: 'Path of the record',
    schema: { type: 'string' },
    example: '/orders/0e0cb3f6-4a4c-4fd4-9f0b-8a1c3c3d5b1a',
  },
  [REPLAYED]: {
    description: 'There when the answer is that of an earlier request with the same key',
    schema: { type: 'string', const: 'true' },
    example: 'true',
  },
  'Retry-After': {
    description: 'Seconds to wait before sending the request again',
    schema: { type: 'string', pattern: '^\\d+$' },
    example: '1',
  },
  Allow: {
    description: 'The methods the path takes',
    schema: { type: 'string' },
    example: 'GET, HEAD, POST, OPTIONS',
  },
  'WWW-Authenticate': {
    description: 'What is wrong with the token',
    schema: { type: 'string' },
    example: 'Bearer',
  },
} as const;

export type HeaderName = keyof typeof HEADERS;

/** References to headers: what an answer says in them. */
export const headers = (...names: readonly HeaderName[]): Record<string, { readonly $ref: string }> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
