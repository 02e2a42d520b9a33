import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as z from 'zod';

/** What goes back to the client. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const responseSchema = z.object({
  statusCode: z.coerce.number().int().min(200).max(599),
  headers: z.record(z.string(), scalar).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Headers API Gateway sets itself or does not pass on. */
const DROPPED = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

/**
 * Reads a function's result as payload format 2.0 says. Without `statusCode` the result itself is the JSON body of a 200.
 * Throws a text that says what is wrong with any other.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response
 */
export const functionAnswer = (payload: unknown): HttpAnswer => {
  if (!isStructured(payload)) return inferred(payload);
  const parsed = responseSchema.safeParse(payload);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  for (const cookie of cookies ?? []) validateHeaderValue('set-cookie', cookie);
  return {
    status: statusCode,
    headers: {
      ...passedOn(headers ?? {}),
      ...(cookies && cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    },
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
};

const isStructured = (payload: unknown): payload is object =>
  typeof payload === 'object' && payload !== null && 'statusCode' in payload;

const inferred = (payload: unknown): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
});

const passedOn = (headers: Record<string, string | number | boolean>): Record<string, string> => {
  const entries = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
    .filter(([name]) => !DROPPED.has(name));
  for (const [name, value] of entries) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  return { 'content-type': 'text/plain;charset=UTF-8', ...Object.fromEntries(entries) };
};
