import { FIXED_ROUTES } from '../http/routes.ts';
import { jsonContent } from './components.ts';
import { headers } from './headers.ts';
import type { JsonSchema } from './json-schema.ts';
import { problemResponses } from './problems.ts';

type Described = Readonly<Record<string, unknown>>;

/** The component schemas of the routes that belong to no entity. */
export const serviceComponents = (): Record<string, JsonSchema> => ({
  Health: {
    description: 'How the API is',
    type: 'object',
    properties: { status: { const: 'ok' }, version: { type: 'string', description: 'Of the deployed code' } },
    required: ['status', 'version'],
    additionalProperties: false,
    examples: [{ status: 'ok', version: '1.2.3' }],
  },
  Document: {
    description: 'An OpenAPI 3.1 document',
    type: 'object',
    properties: { openapi: { const: '3.1.0' } },
    required: ['openapi'],
    examples: [{ openapi: '3.1.0' }],
  },
});

const answer = (description: string, content: object): Described => ({
  responses: { 200: { description, headers: headers('X-Request-Id'), content }, ...problemResponses([]) },
});

const PAGE = { 'text/html': { schema: { type: 'string' }, example: '<!doctype html>…' } };

const ANSWERS: Readonly<Record<string, Described>> = {
  '/health': { summary: 'Whether the API answers', ...answer('It does', jsonContent('Health')) },
  '/docs': { summary: 'This document as a page', ...answer('A page', PAGE) },
  '/openapi.json': { summary: 'This document', ...answer('OpenAPI 3.1', jsonContent('Document')) },
};

/** The paths that belong to no entity: answered without a token. */
export const servicePaths = (): Record<string, Readonly<Record<string, Described>>> =>
  Object.fromEntries(
    FIXED_ROUTES.map(({ method, path, operationId }) => [
      path,
      { [method.toLowerCase()]: { operationId, tags: ['service'], security: [], ...ANSWERS[path] } },
    ]),
  );
