import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ProblemError } from '../../core/http/problem.ts';

type Body = Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded' | 'headers'>;

const JSON_TYPE = /^application\/(?:json|[\w.+-]+\+json)\s*(?:;\s*charset="?utf-?8"?\s*)?$/i;

const malformed = (detail: string): ProblemError => new ProblemError('malformed-json', detail);

const checkType = (contentType: string | undefined): void => {
  if (contentType !== undefined && JSON_TYPE.test(contentType)) return;
  throw new ProblemError(
    'unsupported-media-type',
    `The body is ${contentType ? `"${contentType}"` : 'of no named type'}. ` +
      'Send JSON in UTF-8 with the header "content-type: application/json" (curl: -H "content-type: application/json").',
  );
};

const decode = (body: string, isBase64: boolean): string => {
  if (!isBase64) return body;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body, 'base64'));
  } catch {
    throw malformed('The body is not UTF-8 text.');
  }
};

const refuseBroken = (_name: string, value: unknown): unknown => {
  if (typeof value === 'string' && !value.isWellFormed())
    throw malformed('A text has half a surrogate pair, which is no character.');
  return value;
};

/** Only text with an escaped surrogate can hold half of one, so only that is looked through. */
const parse = (text: string): unknown => {
  try {
    return /\\ud[89a-f]/i.test(text) ? JSON.parse(text, refuseBroken) : JSON.parse(text);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw malformed('The body cannot be read as JSON. Check quotes, commas and brackets.');
  }
};

/**
 * The JSON of a request's body, plain or base64. Throws ProblemError: `malformed-json`, `unsupported-media-type`,
 * or `too-large` past `maxBytes`.
 *
 * @example
 * const body = jsonBody(event, { maxBytes: 1024 * 1024 });
 */
export const jsonBody = (
  { body, isBase64Encoded, headers }: Body,
  { maxBytes }: { maxBytes: number },
): unknown => {
  if (!body) throw malformed('The request has no body. Send a JSON object.');
  checkType(headers['content-type']);
  const text = decode(body, isBase64Encoded);
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes)
    throw new ProblemError('too-large', `The body is larger than ${maxBytes} bytes. Send less.`);
  if (!text.isWellFormed()) throw malformed('The body is not UTF-8 text.');
  return parse(text);
};
