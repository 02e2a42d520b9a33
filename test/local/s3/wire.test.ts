import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketResource, serveS3, temporaryFolder, type Served } from './harness.ts';

let folder: ReturnType<typeof temporaryFolder>;
let served: Served;

beforeAll(async () => {
  folder = temporaryFolder();
  served = await serveS3(folder.dataDir, { buckets: [bucketResource('lake')] });
});

afterAll(async () => {
  await served.stop();
  folder.remove();
});

const ask = async (
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer,
) => {
  const response = await fetch(served.endpoint + path, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

const crc = (text: string) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64');
};

const chunked = (text: string, more: Record<string, string> = {}) => ({
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': String(text.length),
  ...more,
});

describe('aws-chunked bodies', () => {
  it('with a trailing checksum', async () => {
    const body = `5\r\nhello\r\n7\r\n, world\r\n0\r\nx-amz-checksum-crc32:${crc('hello, world')}\r\n\r\n`;

    const answer = await ask(
      'PUT',
      '/lake/a',
      chunked('hello, world', { 'x-amz-trailer': 'x-amz-checksum-crc32' }),
      body,
    );

    expect(answer.status).toBe(200);
    expect((await served.store.get('lake', 'a')).toString()).toBe('hello, world');
    expect(served.store.head('lake', 'a')?.meta.contentEncoding).toBeUndefined();
  });

  it('with signed chunks and a signed trailer', async () => {
    const signature = 'f'.repeat(64);
    const end = `x-amz-checksum-crc32:${crc('hello')}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`;
    const body = `5;chunk-signature=${signature}\r\nhello\r\n0;chunk-signature=${signature}\r\n`;
    const plain = { ...chunked('hello'), 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' };
    const trailing = {
      ...chunked('hello', {
        'x-amz-trailer': 'x-amz-checksum-crc32',
        'content-encoding': 'gzip,aws-chunked',
      }),
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    };

    expect((await ask('PUT', '/lake/signed', plain, `${body}\r\n`)).status).toBe(200);
    expect((await ask('PUT', '/lake/trailing', trailing, body + end)).status).toBe(200);

    expect((await served.store.get('lake', 'signed')).toString()).toBe('hello');
    expect((await served.store.get('lake', 'trailing')).toString()).toBe('hello');
    expect(served.store.head('lake', 'trailing')?.meta.contentEncoding).toBe('gzip');
  });

  it.each([
    ['BadDigest', `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:${crc('other')}\r\n\r\n`],
    ['MalformedTrailerError', '5\r\nhello\r\n0\r\n\r\n'],
    ['IncompleteBody', '5\r\nhel'],
    ['IncompleteBody', `4\r\nhell\r\n0\r\nx-amz-checksum-crc32:${crc('hell')}\r\n\r\n`],
    ['InvalidRequest', 'five\r\nhello\r\n0\r\n\r\n'],
    ['InvalidRequest', '3\r\nhello\r\n0\r\n\r\n'],
  ])('that are wrong are %s, and nothing is written', async (code, body) => {
    const headers = chunked('hello', { 'x-amz-trailer': 'x-amz-checksum-crc32' });

    const answer = await ask('PUT', '/lake/wrong', headers, body);

    expect(answer.status).toBe(400);
    expect(answer.text).toContain(`<Code>${code}</Code>`);
    expect(served.store.head('lake', 'wrong')).toBeUndefined();
  });
});

describe('a connection', () => {
  it('carries the next request after one whose body was refused in its middle', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (method: string, headers: Record<string, string>, body: Buffer) =>
      new Promise<number>((done, failed) => {
        const options = { agent, method, headers, host: '127.0.0.1', port: served.port, path: '/lake/a' };
        const sent = request(options, (answer) => {
          answer.resume();
          answer.once('end', () => done(answer.statusCode!));
        });
        sent.once('error', failed);
        sent.end(body);
      });
    const broken = Buffer.concat([Buffer.from('5\r\nhello, this is too long'), Buffer.alloc(4_000_000)]);

    expect(await send('PUT', chunked('hello'), broken)).toBe(400);
    expect(await send('PUT', { 'content-length': '2' }, Buffer.from('ok'))).toBe(200);
    agent.destroy();
  });
});

describe('plain bodies', () => {
  it('must be what their signature says', async () => {
    const sha = createHash('sha256').update('body').digest('hex');

    expect((await ask('PUT', '/lake/a', { 'x-amz-content-sha256': sha }, 'body')).status).toBe(200);
    const answer = await ask('PUT', '/lake/a', { 'x-amz-content-sha256': sha }, 'tampered');

    expect(answer.text).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
    expect((await served.store.get('lake', 'a')).toString()).toBe('body');
  });
});

const now = () => new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
const presigned = (date: string, more = '') =>
  `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test&X-Amz-Date=${date}&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=f${more}`;

describe('presigned URLs', () => {
  it('write and read, with headers moved into the query', async () => {
    const write = await ask(
      'PUT',
      `/lake/shared?${presigned(now(), '&x-amz-meta-a=1&x-id=PutObject')}`,
      {},
      'text',
    );
    const read = await ask('GET', `/lake/shared?${presigned(now(), '&response-content-type=text/csv')}`);

    expect(write.status).toBe(200);
    expect(read).toMatchObject({ status: 200, text: 'text' });
    expect(read.headers.get('content-type')).toBe('text/csv');
    expect(read.headers.get('x-amz-meta-a')).toBe('1');
  });

  it('may be of the older version', async () => {
    const signed = 'AWSAccessKeyId=test&Signature=f%3D';
    const soon = Math.ceil(Date.now() / 1000) + 60;

    expect((await ask('PUT', `/lake/older?${signed}&Expires=${soon}`, {}, 'text')).status).toBe(200);
    expect((await ask('GET', `/lake/older?${signed}&Expires=1`)).status).toBe(403);
  });

  it('end when they said', async () => {
    const answer = await ask('GET', `/lake/shared?${presigned('20200101T000000Z')}`);

    expect(answer.status).toBe(403);
    expect(answer.text).toContain('<Message>Request has expired</Message>');
  });
});

describe('metadata', () => {
  it('that a header cannot carry goes as an encoded word', async () => {
    await ask('PUT', '/lake/meta?x-amz-meta-a=%C3%BC%0Ax', {}, 'text');

    const { headers } = await ask('HEAD', '/lake/meta?response-content-type=a%0Ab');

    expect(headers.get('x-amz-meta-a')).toBe(`=?UTF-8?B?${Buffer.from('ü\nx').toString('base64')}?=`);
    expect(headers.get('content-type')).toBe('=?UTF-8?B?YQpi?=');
  });
});

describe('errors', () => {
  it('have the shape of S3', async () => {
    const answer = await ask('GET', '/lake/a%26b');

    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/xml');
    expect(answer.text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&amp;b</Key><RequestId>REQUEST1</RequestId><HostId>REQUEST1</HostId></Error>',
    );
  });

  it.each([
    ['GET', '/lake?acl', 'acl'],
    ['GET', '/lake?versioning', 'versioning'],
    ['GET', '/lake/a?tagging', 'tagging'],
    ['PUT', '/lake?policy', 'policy'],
    ['GET', '/lake/a?attributes', 'attributes'],
    ['GET', '/lake/a?partNumber=1', 'partNumber'],
    ['GET', '/lake/a?versionId=7', 'versions'],
    ['POST', '/lake/a?select&select-type=2', 'select'],
    ['POST', '/lake', 'POST'],
    ['PATCH', '/lake/a', 'PATCH'],
  ])('%s %s is not implemented, and says what', async (method, path, what) => {
    const answer = await ask(method, path);

    expect(answer.status).toBe(501);
    expect(answer.text).toMatch(new RegExp(`<Code>NotImplemented</Code><Message>[^<]*${what}`));
  });

  it.each([
    ['PUT', '/lake/%ff', 'InvalidURI'],
    ['POST', '/lake?delete', 'MalformedXML', '<Delete><Object>'],
    ['POST', '/lake?delete', 'MalformedXML', '<!DOCTYPE x [<!ENTITY e "x">]><Delete/>'],
    ['GET', '/lake?list-type=2&max-keys=many', 'InvalidArgument'],
    ['GET', '/lake?list-type=2&continuation-token=made-up', 'InvalidArgument'],
    ['GET', '/absent?list-type=2', 'NoSuchBucket'],
    ['PUT', '/absent/key', 'NoSuchBucket', 'x'],
    ['PUT', '/No_Bucket', 'InvalidBucketName'],
  ])('%s %s is %s', async (method, path, code, body?: string) => {
    const md5 = createHash('md5')
      .update(body ?? '')
      .digest('base64');

    const answer = await ask(method, path, { 'content-md5': md5 }, body);

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).toContain(`<Code>${code}</Code>`);
  });
});
