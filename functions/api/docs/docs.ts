import { createHash } from 'node:crypto';
import { docsPage } from '../../../core/docs/page.ts';
import type { OpenApiDocument } from '../../../core/openapi/document.ts';
import type { Answer } from '../call.ts';
import { assets } from './assets.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page may run its own script and style, and talk to its own API. Nothing else, nowhere else. */
const policy = (): string =>
  [
    "default-src 'none'",
    `script-src ${hashOf(assets.script)}`,
    `style-src ${hashOf(assets.style)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** The answer of `GET /docs`: the OpenAPI document as a page. */
export const docsAnswer = (document: OpenApiDocument): Answer => ({
  status: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy(),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  },
  text: docsPage(document, assets),
});
