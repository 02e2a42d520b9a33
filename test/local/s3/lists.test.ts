import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bucketResource, failure, serveS3, temporaryFolder, type Served } from './harness.ts';

const Bucket = 'lake';

let folder: ReturnType<typeof temporaryFolder>;
let served: Served;
let s3: S3Client;

beforeAll(async () => {
  folder = temporaryFolder();
  served = await serveS3(folder.dataDir, {
    buckets: [
      bucketResource(Bucket),
      bucketResource('quarantine', { VersioningConfiguration: { Status: 'Enabled' } }),
    ],
  });
  s3 = served.client();
});

afterAll(async () => {
  await served.stop();
  folder.remove();
});

afterEach(() => {
  for (const { key } of served.store.list(Bucket, '')) served.store.remove(Bucket, key);
  served.policy.denied.clear();
});

const fill = async (...keys: string[]) => {
  for (const key of keys) await served.store.put(Bucket, key, key);
};

const list = async (more: object = {}) => {
  const answer = await s3.send(new ListObjectsV2Command({ Bucket, ...more }));
  return {
    ...answer,
    keys: (answer.Contents ?? []).map(({ Key }) => Key!),
    prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
  };
};

describe('a list of keys', () => {
  it('is ordered by UTF-8 bytes', async () => {
    // UTF-16 would put the astral character before the one of the private use area.
    const keys = ['A', 'a', 'a-b', 'a/b', 'a/b/c', 'ab', 'é', '\u{e000}', '\u{1f600}'];
    await fill(...keys.toReversed());

    expect((await list()).keys).toEqual(keys);
  });

  it('tells size, ETag, time and checksum', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'text' }));

    const { Contents, KeyCount, IsTruncated } = await list({ FetchOwner: true });

    expect({ KeyCount, IsTruncated }).toEqual({ KeyCount: 1, IsTruncated: false });
    expect(Contents?.[0]).toMatchObject({
      Key: 'a',
      Size: 4,
      ETag: '"1cb251ec0d568de6a929b520c4aed8d1"',
      ChecksumAlgorithm: ['CRC32'],
      StorageClass: 'STANDARD',
      Owner: { ID: '123456789012' },
    });
    expect(
      Math.abs(
        Contents![0]!.LastModified!.getTime() - served.store.head(Bucket, 'a')!.lastModified.getTime(),
      ),
    ).toBeLessThan(1000);
  });

  it('groups by delimiter, behind a prefix', async () => {
    await fill('a', 'b/1', 'b/2', 'b/c/3', 'd/4', 'e');

    expect(await list({ Delimiter: '/' })).toMatchObject({
      keys: ['a', 'e'],
      prefixes: ['b/', 'd/'],
      KeyCount: 4,
    });
    expect(await list({ Delimiter: '/', Prefix: 'b/' })).toMatchObject({
      keys: ['b/1', 'b/2'],
      prefixes: ['b/c/'],
    });
    expect(await list({ Delimiter: '/', Prefix: 'b' })).toMatchObject({ keys: [], prefixes: ['b/'] });
    expect(await list({ Prefix: 'b/', StartAfter: 'b/1' })).toMatchObject({ keys: ['b/2', 'b/c/3'] });
    expect(await list({ Prefix: 'zzz' })).toMatchObject({ keys: [], KeyCount: 0 });
  });

  it('has no entry with max-keys 0', async () => {
    await fill('a');

    expect(await list({ MaxKeys: 0 })).toMatchObject({ keys: [], KeyCount: 0, IsTruncated: false });
  });

  it('gives awkward keys as they are, and percent-encoded on request', async () => {
    const keys = ['a b', 'a&b<c>"d"', 'line\nbreak\r', '%41', '+', 'ü/ß'];
    await fill(...keys);

    expect((await list()).keys.toSorted()).toEqual(keys.toSorted());
    const encoded = await list({ EncodingType: 'url' });
    expect(encoded.keys.map((key) => decodeURIComponent(key.replaceAll('+', ' '))).toSorted()).toEqual(
      keys.toSorted(),
    );
    expect(encoded).toMatchObject({ EncodingType: 'url' });
  });

  it('pages without loss or repetition, whatever the page size', async () => {
    const key = fc
      .array(fc.constantFrom('a', 'b', 'é', '/'), { minLength: 1, maxLength: 4 })
      .map((letters) => letters.join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (keys, pageSize) => {
          await fill(...keys);
          const whole = await list({ Delimiter: '/' });
          const seen: string[] = [];
          const pages = paginateListObjectsV2({ client: s3, pageSize }, { Bucket, Delimiter: '/' });
          for await (const page of pages) {
            const entries = [
              ...(page.Contents ?? []).map(({ Key }) => Key!),
              ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
            ];
            expect(entries.length).toBeLessThanOrEqual(pageSize);
            seen.push(...entries);
          }
          for (const each of keys) served.store.remove(Bucket, each);
          expect(seen.toSorted()).toEqual([...whole.keys, ...whole.prefixes].toSorted());
          expect(new Set(seen).size).toBe(seen.length);
          const expected = new Set(
            keys.map((each) => (each.includes('/') ? each.slice(0, each.indexOf('/') + 1) : each)),
          );
          expect(new Set(seen)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('in the first version goes on from a marker', async () => {
    await fill('a', 'b/1', 'b/2', 'c');
    const page = { Bucket, Delimiter: '/', MaxKeys: 2 };

    const first = await s3.send(new ListObjectsCommand(page));
    const second = await s3.send(new ListObjectsCommand({ ...page, Marker: first.NextMarker }));

    expect(first).toMatchObject({
      IsTruncated: true,
      NextMarker: 'b/',
      Contents: [{ Key: 'a' }],
      CommonPrefixes: [{ Prefix: 'b/' }],
    });
    expect(second).toMatchObject({ IsTruncated: false, Contents: [{ Key: 'c' }], Marker: 'b/' });
    expect(second.CommonPrefixes).toBeUndefined();
  });

  it('needs the permission to list', async () => {
    served.policy.denied.add('s3:ListBucket');

    expect(await failure(list())).toMatchObject({ name: 'AccessDenied', status: 403 });
    expect(served.policy.asked.at(-1)).toBe('s3:ListBucket arn:aws:s3:::lake');
  });
});

describe('buckets', () => {
  it('of the stacks exist from the start, and what they cannot do is said', async () => {
    const { Buckets } = await s3.send(new ListBucketsCommand({}));

    expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket, 'quarantine']);
    expect(served.lines).toEqual(['s3: Bucket quarantine: VersioningConfiguration has no effect here.']);
  });

  it('are created, asked for and deleted when empty', async () => {
    const name = { Bucket: 'fresh-bucket' };
    await s3.send(new CreateBucketCommand(name));
    expect(await s3.send(new HeadBucketCommand(name))).toMatchObject({ BucketRegion: 'us-east-1' });
    expect((await s3.send(new GetBucketLocationCommand(name))).LocationConstraint).toBeUndefined();
    await s3.send(new PutObjectCommand({ ...name, Key: 'a', Body: 'x' }));

    expect(await failure(s3.send(new DeleteBucketCommand(name)))).toMatchObject({
      name: 'BucketNotEmpty',
      status: 409,
    });
    served.store.remove('fresh-bucket', 'a');
    await s3.send(new DeleteBucketCommand(name));

    expect(await failure(s3.send(new HeadBucketCommand(name)))).toMatchObject({
      name: 'NotFound',
      status: 404,
    });
    expect(await failure(s3.send(new ListObjectsV2Command(name)))).toMatchObject({
      name: 'NoSuchBucket',
      status: 404,
    });
  });

  it('of another region are told so', async () => {
    const place = temporaryFolder();
    const far = await serveS3(place.dataDir, { region: 'eu-central-1' });
    const client = far.client({ region: 'eu-central-1' });
    const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' as const };

    await client.send(new CreateBucketCommand({ Bucket: 'here', CreateBucketConfiguration }));

    expect((await client.send(new GetBucketLocationCommand({ Bucket: 'here' }))).LocationConstraint).toBe(
      'eu-central-1',
    );
    expect(
      await failure(client.send(new CreateBucketCommand({ Bucket: 'here', CreateBucketConfiguration }))),
    ).toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
      status: 409,
    });
    await far.stop();
    place.remove();
  });
});
