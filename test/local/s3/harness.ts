import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import {
  AwsError,
  type Answer,
  type Call,
  type Cloud,
  type Resource,
  type Service,
} from '../../../local/service.ts';
import { s3Error, startS3 } from '../../../local/s3/service.ts';
import { openObjectStore, type S3Store } from '../../../local/s3/store.ts';
import { refuseDotSegments } from '../../../local/s3/request.ts';

/** A fresh data folder, and its removal. */
export const temporaryFolder = () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tailrace-s3-'));
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
};

export const bucketResource = (name: string, properties: Resource['properties'] = {}): Resource => ({
  stack: 'Lake',
  logicalId: name,
  type: 'AWS::S3::Bucket',
  properties,
  ref: name,
  attributes: { Arn: `arn:aws:s3:::${name}` },
  metadata: {},
});

/** What the S3 service is given, with the lines it logs. */
export const cloudOver = (
  dataDir: string,
  { buckets = [], region = 'us-east-1' }: { buckets?: Resource[]; region?: string } = {},
) => {
  const lines: string[] = [];
  const cloud: Cloud = {
    region,
    account: '123456789012',
    dataDir,
    assemblyDir: dataDir,
    endpoint: 'http://127.0.0.1:4566',
    resources: (type) => buckets.filter((resource) => resource.type === type),
    log: (_, source, message) => void lines.push(`${source}: ${message}`),
  };
  return { cloud, lines };
};

/** The authorisations asked for, and what to refuse. */
export interface Policy {
  readonly asked: string[];
  readonly denied: Set<string>;
}

const callOf = (message: IncomingMessage, policy: Policy): Call => ({
  id: 'REQUEST1',
  method: message.method!,
  url: new URL(message.url!, `http://${message.headers.host}`),
  headers: message.headers as Record<string, string>,
  body: message,
  callerArn: 'arn:aws:iam::123456789012:user/test',
  authorize: (action, arn) => {
    policy.asked.push(`${action} ${arn}`);
    if (policy.denied.has(action))
      throw new AwsError('AccessDeniedException', `not authorized to ${action}`, 400);
  },
});

const send = async (answer: Answer, response: ServerResponse) => {
  response.writeHead(answer.status, { ...answer.headers });
  if (answer.body instanceof Readable) await pipeline(answer.body, response).catch(() => {});
  else response.end(answer.body);
};

/** Serves S3 over HTTP on a free port of the loopback, as the gateway does. */
export const serveS3 = async (dataDir: string, options: { buckets?: Resource[]; region?: string } = {}) => {
  const { cloud, lines } = cloudOver(dataDir, options);
  const store: S3Store = openObjectStore(cloud);
  const service: Service = startS3(cloud, store);
  const policy: Policy = { asked: [], denied: new Set() };
  const server = createServer((message, response) => {
    void (async () => {
      const call = callOf(message, policy);
      try {
        refuseDotSegments(message.url!);
        await send(await service.handle(call), response);
      } catch (error) {
        await send(s3Error(error as AwsError, call), response);
      }
    })();
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const clients: S3Client[] = [];
  return {
    store,
    service,
    policy,
    lines,
    port,
    endpoint,
    client: (config: S3ClientConfig = {}): S3Client => {
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = new S3Client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, ...config });
      clients.push(client);
      return client;
    },
    stop: async () => {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      await new Promise((done) => {
        server.close(done);
      });
      await service.close();
      store.close();
    },
  };
};

export type Served = Awaited<ReturnType<typeof serveS3>>;

/** Name and HTTP status of the error a promise ends in. */
export const failure = async (
  promise: Promise<unknown>,
): Promise<{ name: string; status: number; message: string }> => {
  try {
    await promise;
  } catch (error) {
    const { name, message, $metadata, status } = error as Error & {
      $metadata?: { httpStatusCode: number };
      status?: number;
    };
    return { name, message, status: $metadata?.httpStatusCode ?? status ?? 0 };
  }
  throw new Error('It succeeded.');
};
