import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What the engine answered. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Speaks to the DynamoDB engine over kept-alive connections. */
export interface EngineClient {
  /** Passes a request on as it is. */
  forward(headers: Readonly<Record<string, string>>, body: Buffer): Promise<Reply>;
  /** Makes a call of the local cloud's own. */
  call(target: string, input: object): Promise<{ status: number; body: unknown }>;
  close(): void;
}

const OWN_HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
};

/** Opens a client of the engine at an endpoint. */
export const openClient = (endpoint: string): EngineClient => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const { hostname, port } = new URL(endpoint);

  const forward: EngineClient['forward'] = (headers, body) =>
    new Promise((resolve, reject) => {
      const outgoing = { ...headers, host: `${hostname}:${port}`, 'content-length': String(body.length) };
      const sent = request(
        { agent, hostname, port, method: 'POST', path: '/', headers: outgoing },
        (answer) => {
          buffer(answer).then(
            (content) =>
              resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: content }),
            reject,
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });

  return {
    forward,
    call: async (target, input) => {
      const { status, body } = await forward(
        { ...OWN_HEADERS, 'x-amz-target': target },
        Buffer.from(JSON.stringify(input)),
      );
      return { status, body: JSON.parse(body.toString('utf8')) as unknown };
    },
    close: () => agent.destroy(),
  };
};
