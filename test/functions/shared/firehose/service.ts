import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of the service: HTTP status and body, or a broken connection. */
export type ServiceAnswer = { readonly status: number; readonly body: unknown } | 'hang up';

/** One request as it arrived. */
export interface ServiceRequest {
  readonly target: string;
  readonly path: string;
  readonly body: string;
}

const read = async (request: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

/** An AWS endpoint on loopback that answers as told, so that the real SDK is what is tested. */
export const startService = async (answer: (request: ServiceRequest) => ServiceAnswer) => {
  const requests: ServiceRequest[] = [];
  const server: Server = createServer(async (request, response) => {
    const target = String(request.headers['x-amz-target'] ?? request.method);
    const received = { target, path: request.url ?? '', body: await read(request) };
    requests.push(received);
    const said = answer(received);
    if (said === 'hang up') request.socket.destroy();
    else
      response
        .writeHead(said.status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(said.body === undefined ? '' : JSON.stringify(said.body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, stop };
};
