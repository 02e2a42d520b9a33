import type { IncomingMessage } from 'node:http';
import { GatewayProblem } from './problems.ts';

/** A request as it arrived, its body complete. */
export interface HttpRequest {
  readonly id: string;
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly protocol: string;
  readonly sourceIp: string;
  /** Names in lower case, values of repeated headers joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
  readonly time: Date;
}

/** Everything of a request but its body. */
export const requestHead = (incoming: IncomingMessage, id: string): Omit<HttpRequest, 'body'> => {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const { cookie, ...headers } = joinHeaders(incoming.rawHeaders);
  return {
    id,
    method: incoming.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    protocol: `HTTP/${incoming.httpVersion}`,
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    headers,
    cookies: cookie === undefined ? [] : cookie.split(/[;,]\s*/).filter(Boolean),
    time: new Date(),
  };
};

const joinHeaders = (raw: readonly string[]): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return headers;
};

/** Bytes of request line and headers, which HTTP APIs limit to 10,240. */
export const headBytes = (incoming: IncomingMessage): number =>
  incoming.rawHeaders.reduce(
    (sum, part) => sum + Buffer.byteLength(part, 'latin1') + 2,
    `${incoming.method} ${incoming.url} HTTP/1.1`.length + 2,
  );

/**
 * The body, or undefined when it is larger than `limit` bytes. The rest of a larger one is read and thrown away, so
 * that the client, which is still sending, gets to see the answer.
 */
export const readBody = async (incoming: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  if (Number(incoming.headers['content-length'] ?? 0) > limit) return discard(incoming);
  const chunks: Buffer[] = [];
  let bytes = 0;
  return await new Promise((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limit) chunks.push(chunk);
      else resolve(discard(incoming));
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('close', () => reject(new GatewayProblem(400, 'The client closed the connection.')));
  });
};

const discard = (incoming: IncomingMessage): undefined => {
  incoming.removeAllListeners('data');
  incoming.resume();
  return undefined;
};
