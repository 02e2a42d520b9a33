import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { callerOf, type Caller } from '../../core/access/caller.ts';
import { ProblemError } from '../../core/http/problem.ts';

/** The part of an HTTP API request the collector reads. */
export type Request = Pick<
  APIGatewayProxyEventV2WithJWTAuthorizer,
  'headers' | 'body' | 'isBase64Encoded'
> & {
  readonly requestContext: {
    readonly requestId: string;
    readonly authorizer?: { readonly jwt: { readonly claims: Readonly<Record<string, unknown>> } };
  };
};

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/** Who reports. Throws ProblemError `unauthorized` when the authorizer left no subject. */
export const reporterOf = ({ requestContext }: Request): Caller => {
  const caller = callerOf(requestContext.authorizer?.jwt.claims ?? {});
  if (caller) return caller;
  throw new ProblemError('unauthorized', 'The token names no subject (the claim "sub").');
};

/** The text of the body. Throws ProblemError when it is announced as another type than JSON. */
export const bodyOf = ({ headers, body = '', isBase64Encoded }: Request): string => {
  const type = headers['content-type'];
  if (type !== undefined && !JSON_TYPE.test(type))
    throw new ProblemError('unsupported-media-type', 'Send the events as application/json.');
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
};
