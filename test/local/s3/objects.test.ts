import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type ChecksumAlgorithm,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bucketResource, failure, serveS3, temporaryFolder, type Served } from './harness.ts';

const Bucket = 'lake';
const md5 = (bytes: string | Buffer) => createHash('md5').update(bytes).digest('hex');

let folder: ReturnType<typeof temporaryFolder>;
let served: Served;
let s3: S3Client;

beforeAll(async () => {
  folder = temporaryFolder();
  served = await serveS3(folder.dataDir, { buckets: [bucketResource(Bucket)] });
  s3 = served.client();
});

afterAll(async () => {
  await served.stop();
  folder.remove();
});

beforeEach(() => {
  for (const { key } of served.store.list(Bucket, '')) served.store.remove(Bucket, key);
  served.policy.asked.length = 0;
  served.policy.denied.clear();
});

const put = (Key: string, Body: string | Buffer, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const textOf = async (Key: string, more: object = {}) => (await get(Key, more)).Body!.transformToString();

// Not every machine resolves names below localhost.
const toLoopback = (_: string, options: { all?: boolean }, done: (...answer: unknown[]) => void) =>
  options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

const copy = (Key: string, CopySource: string, more: object = {}) =>
  s3.send(new CopyObjectCommand({ Bucket, Key, CopySource, ...more }));

describe('an object', () => {
  it('is a file a person can open by its key', async () => {
    const { ETag } = await put('orders/day=2026-11-22/a.parquet', 'PAR1');

    expect(readFileSync(join(folder.dataDir, 's3/lake/orders/day=2026-11-22/a.parquet'), 'utf8')).toBe(
      'PAR1',
    );
    expect(ETag).toBe(`"${md5('PAR1')}"`);
    expect(await textOf('orders/day=2026-11-22/a.parquet')).toBe('PAR1');
  });

  it.each([false, true])('is reached with forcePathStyle %s', async (forcePathStyle) => {
    const client = served.client({ forcePathStyle });

    await client.send(new PutObjectCommand({ Bucket, Key: 'a b/ü+&?.txt', Body: 'x' }));

    expect(existsSync(served.store.head(Bucket, 'a b/ü+&?.txt')!.path)).toBe(true);
    const answer = await client.send(new GetObjectCommand({ Bucket, Key: 'a b/ü+&?.txt' }));
    expect(await answer.Body!.transformToString()).toBe('x');
  });

  it('is reached at a virtual host', async () => {
    const httpAgent = new Agent({ lookup: toLoopback as never });
    const client = served.client({
      endpoint: `http://localhost:${served.port}`,
      requestHandler: { httpAgent },
    });

    await client.send(new PutObjectCommand({ Bucket, Key: 'lake/x', Body: 'virtual' }));

    expect(await textOf('lake/x')).toBe('virtual');
  });

  it('keeps its headers and user metadata, and not the encoding of the transfer', async () => {
    const meta = {
      ContentType: 'application/json',
      CacheControl: 'no-store',
      ContentDisposition: 'attachment',
      ContentLanguage: 'de',
      Metadata: { source: 'relay', Stage: 'dev' },
      ServerSideEncryption: 'AES256' as const,
    };

    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'a.json.gz',
        Body: Readable.from([gzipSync('{}')]),
        ContentLength: gzipSync('{}').length,
        ContentEncoding: 'gzip',
        ...meta,
      }),
    );

    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a.json.gz' }));
    expect(head).toMatchObject({
      ...meta,
      Metadata: { source: 'relay', stage: 'dev' },
      ContentEncoding: 'gzip',
    });
    expect(head.ContentLength).toBe(gzipSync('{}').length);
    expect(readFileSync(served.store.head(Bucket, 'a.json.gz')!.path)).toEqual(gzipSync('{}'));
  });

  it('may have no bytes', async () => {
    await put('empty', Buffer.alloc(0));

    expect(await textOf('empty')).toBe('');
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'empty' }))).ContentLength).toBe(0);
  });

  it('answers with the headers the reader asks for', async () => {
    await put('a.csv', 'x');

    const answer = await get('a.csv', { ResponseContentType: 'text/csv', ResponseCacheControl: 'private' });

    expect(answer).toMatchObject({ ContentType: 'text/csv', CacheControl: 'private' });
  });

  it('is gone after its delete, with the folders it was alone in', async () => {
    await put('deep/er/a', 'x');

    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'deep/er/a' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'never there' }));

    expect(await failure(get('deep/er/a'))).toMatchObject({ name: 'NoSuchKey', status: 404 });
    expect(existsSync(join(folder.dataDir, 's3/lake/deep'))).toBe(false);
    expect(existsSync(join(folder.dataDir, 's3/lake'))).toBe(true);
  });

  it('is deleted with many others, each with its own verdict', async () => {
    for (const key of ['a&b', 'b<c>', 'd']) await put(key, key);
    const Objects = [{ Key: 'a&b' }, { Key: 'b<c>' }, { Key: 'd', VersionId: 'v1' }, { Key: 'absent' }];

    const answer = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));

    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(['a&b', 'b<c>', 'absent']);
    expect(answer.Errors).toMatchObject([{ Key: 'd', Code: 'NotImplemented' }]);
    expect(served.store.list(Bucket, '').map(({ key }) => key)).toEqual(['d']);
  });

  it('does not lie when its file was changed by hand', async () => {
    await put('a', 'four');
    const { path } = served.store.head(Bucket, 'a')!;
    truncateSync(path, 2);

    expect(await failure(get('a'))).toMatchObject({
      name: 'InternalError',
      message: expect.stringContaining(path),
    });
  });
});

describe('a range', () => {
  beforeEach(() => put('digits', '0123456789'));

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=5-99', '56789', 'bytes 5-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ])('%s gives %s', async (Range, text, ContentRange) => {
    const answer = await get('digits', { Range });

    expect(answer).toMatchObject({
      ContentRange,
      ContentLength: text.length,
      $metadata: { httpStatusCode: 206 },
    });
    expect(await answer.Body!.transformToString()).toBe(text);
  });

  it('that is no range gives the whole object', async () => {
    expect(await textOf('digits', { Range: 'lines=1-2' })).toBe('0123456789');
    expect(await textOf('digits', { Range: 'bytes=5-2' })).toBe('0123456789');
  });

  it.each(['bytes=10-', 'bytes=-0', 'bytes=11-12'])('%s is refused', async (Range) => {
    expect(await failure(get('digits', { Range }))).toMatchObject({ name: 'InvalidRange', status: 416 });
  });
});

describe('conditions', () => {
  it('of a read', async () => {
    const { ETag } = await put('a', 'one');
    const past = new Date(Date.now() - 3_600_000);
    const future = new Date(Date.now() + 3_600_000);

    expect(await textOf('a', { IfMatch: ETag })).toBe('one');
    expect(await textOf('a', { IfNoneMatch: '"other"', IfModifiedSince: future })).toBe('one');
    expect(await failure(get('a', { IfMatch: '"other"' }))).toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
    });
    expect(await failure(get('a', { IfUnmodifiedSince: past }))).toMatchObject({ status: 412 });
    expect(await textOf('a', { IfMatch: ETag, IfUnmodifiedSince: past })).toBe('one');
    expect(await failure(get('a', { IfNoneMatch: ETag }))).toMatchObject({ status: 304 });
    expect(await failure(get('a', { IfModifiedSince: future }))).toMatchObject({ status: 304 });
    expect(await textOf('a', { IfModifiedSince: past })).toBe('one');
  });

  it('of a write: only if absent, exactly one of many wins', async () => {
    const bodies = Array.from({ length: 8 }, (_, index) => `writer ${index}`);

    const outcomes = await Promise.allSettled(bodies.map((body) => put('lock', body, { IfNoneMatch: '*' })));

    const won = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [bodies[index]] : []));
    expect(won).toEqual([await textOf('lock')]);
    expect(await failure(put('lock', 'late', { IfNoneMatch: '*' }))).toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
    });
  });

  it('of a write: only over the version that was read', async () => {
    const { ETag } = await put('state', '1');

    await put('state', '2', { IfMatch: ETag });

    expect(await failure(put('state', '3', { IfMatch: ETag }))).toMatchObject({ status: 412 });
    expect(await failure(put('nothing', '3', { IfMatch: ETag }))).toMatchObject({
      name: 'NoSuchKey',
      status: 404,
    });
    expect(await textOf('state')).toBe('2');
  });
});

describe('checksums', () => {
  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256', 'CRC64NVME'] as ChecksumAlgorithm[])(
    '%s is verified, kept and given back',
    async (ChecksumAlgorithm) => {
      const body = randomBytes(70_000);

      await put('sum', body, { ChecksumAlgorithm });
      const answer = await get('sum', { ChecksumMode: 'ENABLED' });

      // The client verifies the checksum of the answer itself.
      expect(Buffer.from(await answer.Body!.transformToByteArray())).toEqual(body);
      expect(answer).toHaveProperty(`Checksum${ChecksumAlgorithm}`);
      expect(answer.ChecksumType).toBe('FULL_OBJECT');
    },
  );

  it('of a stream come after its body', async () => {
    const chunks = Array.from({ length: 50 }, () => randomBytes(10_000));
    const Body = Readable.from(chunks);

    await s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: 500_000 }));

    expect(await served.store.get(Bucket, 'stream')).toEqual(Buffer.concat(chunks));
    expect(served.store.head(Bucket, 'stream')?.checksum?.algorithm).toBe('CRC32');
  });

  it.each([
    'ChecksumCRC32',
    'ChecksumCRC32C',
    'ChecksumSHA1',
    'ChecksumSHA256',
    'ChecksumCRC64NVME',
    'ContentMD5',
  ])('a wrong %s is refused and nothing is written', async (name) => {
    const sizes: Record<string, number> = {
      ChecksumSHA1: 20,
      ChecksumSHA256: 32,
      ChecksumCRC64NVME: 8,
      ContentMD5: 16,
    };
    const wrong = Buffer.alloc(sizes[name] ?? 4, 7).toString('base64');

    const outcome = await failure(put('bad', 'body', { [name]: wrong }));

    expect(outcome).toMatchObject({ name: 'BadDigest', status: 400 });
    expect(served.store.head(Bucket, 'bad')).toBeUndefined();
  });

  it('may be left to the server', async () => {
    const client = served.client({ requestChecksumCalculation: 'WHEN_REQUIRED' });

    const { ChecksumCRC64NVME } = await client.send(
      new PutObjectCommand({ Bucket, Key: 'plain', Body: '123456789' }),
    );

    expect(Buffer.from(ChecksumCRC64NVME!, 'base64').toString('hex')).toBe('ae8b14860a799888');
  });
});

describe('a copy', () => {
  it('has the bytes and the metadata of its source', async () => {
    await put('from here/ü.txt', 'text', { ContentType: 'text/plain', Metadata: { a: '1' } });

    const CopySource = `${Bucket}/${encodeURIComponent('from here/ü.txt')}`;
    const { CopyObjectResult } = await s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));

    expect(CopyObjectResult?.ETag).toBe(`"${md5('text')}"`);
    expect(await get('to')).toMatchObject({ ContentType: 'text/plain', Metadata: { a: '1' } });
    expect(served.policy.asked).toContain('s3:GetObject arn:aws:s3:::lake/from here/ü.txt');
    expect(served.policy.asked).toContain('s3:PutObject arn:aws:s3:::lake/to');
  });

  it('onto itself must change something', async () => {
    await put('a', 'text', { Metadata: { a: '1' } });

    expect(await failure(copy('a', 'lake/a'))).toMatchObject({ name: 'InvalidRequest', status: 400 });
    await copy('a', 'lake/a', { MetadataDirective: 'REPLACE', Metadata: { b: '2' } });

    expect(await get('a')).toMatchObject({ Metadata: { b: '2' } });
    expect(await textOf('a')).toBe('text');
  });

  it('obeys the conditions on its source', async () => {
    const { ETag } = await put('a', 'text');

    expect(await failure(copy('b', '/lake/a', { CopySourceIfNoneMatch: ETag }))).toMatchObject({
      status: 412,
    });
    expect(await failure(copy('b', '/lake/a', { CopySourceIfMatch: '"x"' }))).toMatchObject({ status: 412 });
    await copy('b', '/lake/a', { CopySourceIfMatch: ETag });

    expect(await textOf('b')).toBe('text');
  });
});

describe('who may do what', () => {
  it.each([
    ['s3:PutObject', () => put('a', 'x')],
    ['s3:GetObject', () => get('a')],
    ['s3:DeleteObject', () => s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))],
  ])('without %s the call is AccessDenied', async (action, call) => {
    served.policy.denied.add(action);

    expect(await failure(call())).toMatchObject({ name: 'AccessDenied', status: 403 });
    expect(served.policy.asked).toEqual([`${action} arn:aws:s3:::lake/a`]);
  });

  it('who may not list is not told whether a key exists', async () => {
    served.policy.denied.add('s3:ListBucket');

    expect(await failure(get('absent'))).toMatchObject({ name: 'AccessDenied', status: 403 });
  });

  it('a deleter of many learns which keys were refused', async () => {
    await put('a', 'x');
    served.policy.denied.add('s3:DeleteObject');

    const answer = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a' }] } }));

    expect(answer.Errors).toMatchObject([{ Key: 'a', Code: 'AccessDenied' }]);
  });
});

describe('what is refused', () => {
  it.each<[string, object]>([
    ['x-amz-tagging', { Tagging: 'a=b' }],
    ['GLACIER', { StorageClass: 'GLACIER' }],
    ['aws:kms', { ServerSideEncryption: 'aws:kms' }],
  ])('a put with %s, by name', async (what, more) => {
    const outcome = await failure(put('a', 'x', more));

    expect(outcome).toMatchObject({
      name: 'NotImplemented',
      status: 501,
      message: expect.stringContaining(what),
    });
  });

  it('an ACL, as a bucket that owns its objects does', async () => {
    expect(await failure(put('a', 'x', { ACL: 'public-read' }))).toMatchObject({
      name: 'AccessControlListNotSupported',
    });
  });

  it('keys too long, metadata too large', async () => {
    expect(await failure(put('k'.repeat(1025), 'x'))).toMatchObject({ name: 'KeyTooLongError', status: 400 });
    expect(await failure(put('a', 'x', { Metadata: { a: 'v'.repeat(2048) } }))).toMatchObject({
      name: 'MetadataTooLarge',
    });
  });

  it('keys a URL would change on the way', async () => {
    for (const key of ['a/../b', '../../etc/passwd', './a', '..']) {
      expect(await failure(put(key, 'x'))).toMatchObject({ name: 'InvalidURI', status: 400 });
    }
  });

  it('a HEAD of what is not there, without a body', async () => {
    expect(await failure(s3.send(new HeadObjectCommand({ Bucket, Key: 'absent' })))).toMatchObject({
      name: 'NotFound',
      status: 404,
    });
  });
});
