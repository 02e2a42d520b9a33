import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Credentials } from '../iam/principals.ts';

/** Where calls go and who makes them. */
export interface Caller {
  /** The endpoint of the local cloud. */
  readonly endpoint: string;
  readonly region: string;
  /** Credentials of the role in whose name calls are made. */
  readonly credentials: Credentials;
}

export interface Request {
  /** The service's name in signatures. */
  readonly service: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Names the caller as a signature does; the local cloud does not check more than that. */
const authorization = ({ credentials, region }: Caller, service: string): string => {
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const scope = `${credentials.accessKeyId}/${date}/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=local`;
};

/**
 * Posts to the endpoint as an AWS SDK would, for the services of the local cloud that call others in a role's name.
 * Waits as long as the answer takes.
 */
export const post = async (
  caller: Caller,
  { service, path, headers = {}, body }: Request,
  signal?: AbortSignal,
): Promise<Reply> => {
  const outgoing = request(new URL(path, caller.endpoint), {
    method: 'POST',
    headers: {
      ...headers,
      authorization: authorization(caller, service),
      'x-amz-security-token': caller.credentials.sessionToken,
    },
    ...(signal && { signal }),
  });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await text(incoming) };
};

/** The code and message of an error a service answered with. */
export const errorOf = ({ headers, body }: Reply): { code: string; message: string } => {
  const parsed = JSON.parse(body) as { __type?: string; message?: string; Message?: string };
  const code = String(headers['x-amzn-errortype'] ?? parsed.__type ?? 'Unknown');
  return { code, message: parsed.message ?? parsed.Message ?? '' };
};
