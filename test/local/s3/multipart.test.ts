import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type ChecksumType,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checksumOf, type ChecksumAlgorithm } from '../../../local/s3/checksums.ts';
import { bucketResource, failure, serveS3, temporaryFolder, type Served } from './harness.ts';

const Bucket = 'lake';
const MiB = 1024 ** 2;
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest();

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

const begin = async (Key: string, more: object = {}) => {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return { Bucket, Key, UploadId: UploadId! };
};
type Upload = Awaited<ReturnType<typeof begin>>;

const sendPart = async (
  upload: Upload,
  PartNumber: number,
  Body: Buffer | string,
  more: object = {},
): Promise<CompletedPart> => {
  const {
    $metadata: _,
    ServerSideEncryption: __,
    ...part
  } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...more }));
  return { ...part, PartNumber };
};
const complete = (upload: Upload, Parts: CompletedPart[], more: object = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }));

describe('a multipart upload', () => {
  it('of 20 MB, its parts sent in any order, is one object', async () => {
    const parts = [randomBytes(8 * MiB), randomBytes(8 * MiB), randomBytes(4 * MiB)];
    const upload = await begin('big.bin', { ContentType: 'application/x-big', Metadata: { a: '1' } });

    const sent = await Promise.all([2, 0, 1].map((index) => sendPart(upload, index + 1, parts[index]!)));
    const done = await complete(
      upload,
      sent.toSorted((left, right) => left.PartNumber! - right.PartNumber!),
    );

    const whole = Buffer.concat(parts);
    expect(done.ETag).toBe(`"${md5(Buffer.concat(parts.map(md5))).toString('hex')}-3"`);
    expect(done.ChecksumCRC64NVME).toBe(checksumOf('CRC64NVME', whole));
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: 'big.bin', ChecksumMode: 'ENABLED' }));
    expect(answer).toMatchObject({
      ContentType: 'application/x-big',
      Metadata: { a: '1' },
      ContentLength: 20 * MiB,
    });
    expect(Buffer.from(await answer.Body!.transformToByteArray()).equals(whole)).toBe(true);
    expect(readdirSync(join(folder.dataDir, 's3/.uploads'))).toEqual([]);
  });

  it.each<[ChecksumAlgorithm, ChecksumType]>([
    ['CRC32', 'COMPOSITE'],
    ['CRC32', 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT'],
    ['SHA256', 'COMPOSITE'],
  ])('with %s keeps a checksum that is %s', async (algorithm, ChecksumType) => {
    const parts = [randomBytes(5 * MiB), randomBytes(1000)];
    const upload = await begin('sum', { ChecksumAlgorithm: algorithm, ChecksumType });
    const sent = [
      await sendPart(upload, 1, parts[0]!, { ChecksumAlgorithm: algorithm }),
      await sendPart(upload, 2, parts[1]!, { ChecksumAlgorithm: algorithm }),
    ];

    const done = await complete(upload, sent, { ChecksumType });

    const sums = Buffer.concat(parts.map((part) => Buffer.from(checksumOf(algorithm, part), 'base64')));
    const expected =
      ChecksumType === 'FULL_OBJECT'
        ? checksumOf(algorithm, Buffer.concat(parts))
        : `${checksumOf(algorithm, sums)}-2`;
    expect(done).toMatchObject({ [`Checksum${algorithm}`]: expected, ChecksumType });
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: 'sum', ChecksumMode: 'ENABLED' }));
    expect((await answer.Body!.transformToByteArray()).length).toBe(5 * MiB + 1000);
  });

  it('is listed with its parts until it ends', async () => {
    const upload = await begin('listed');
    await sendPart(upload, 1, 'old');
    await sendPart(upload, 1, 'new');
    await sendPart(upload, 7, 'seven');

    const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'list' }));
    const first = await s3.send(new ListPartsCommand({ ...upload, MaxParts: 1 }));
    const second = await s3.send(
      new ListPartsCommand({ ...upload, PartNumberMarker: first.NextPartNumberMarker }),
    );

    expect(uploads.Uploads).toMatchObject([{ Key: 'listed', UploadId: upload.UploadId }]);
    expect(first).toMatchObject({
      IsTruncated: true,
      Parts: [{ PartNumber: 1, Size: 3, ETag: `"${md5(Buffer.from('new')).toString('hex')}"` }],
    });
    expect(second).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 7, Size: 5 }] });

    await s3.send(new AbortMultipartUploadCommand(upload));

    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toBeUndefined();
    expect(await failure(sendPart(upload, 1, 'late'))).toMatchObject({ name: 'NoSuchUpload', status: 404 });
    expect(readdirSync(join(folder.dataDir, 's3/.uploads'))).toEqual([]);
  });

  it('takes parts from objects', async () => {
    const source = randomBytes(6 * MiB);
    await served.store.put(Bucket, 'source', source);
    const upload = await begin('copied');
    const copy = async (PartNumber: number, CopySourceRange: string) => {
      const command = new UploadPartCopyCommand({
        ...upload,
        PartNumber,
        CopySource: `${Bucket}/source`,
        CopySourceRange,
      });
      const { CopyPartResult } = await s3.send(command);
      return { PartNumber, ETag: CopyPartResult!.ETag };
    };

    await complete(upload, [
      await copy(1, `bytes=0-${5 * MiB - 1}`),
      await copy(2, `bytes=${5 * MiB}-${6 * MiB - 1}`),
    ]);

    expect((await served.store.get(Bucket, 'copied')).equals(source)).toBe(true);
  });

  it('survives a restart', async () => {
    const place = temporaryFolder();
    const before = await serveS3(place.dataDir, { buckets: [bucketResource(Bucket)] });
    const created = await before.client().send(new CreateMultipartUploadCommand({ Bucket, Key: 'a' }));
    const ids = { Bucket, Key: 'a', UploadId: created.UploadId };
    const part = await before.client().send(new UploadPartCommand({ ...ids, PartNumber: 1, Body: 'text' }));
    await before.stop();

    const after = await serveS3(place.dataDir);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.ETag }] };
    await after.client().send(new CompleteMultipartUploadCommand({ ...ids, MultipartUpload }));

    expect((await after.store.get(Bucket, 'a')).toString()).toBe('text');
    await after.stop();
    place.remove();
  });
});

describe('a multipart upload is refused', () => {
  it('with a part that was not sent, or is not the one named', async () => {
    const upload = await begin('wrong');
    const part = await sendPart(upload, 1, 'one');

    expect(await failure(complete(upload, [{ ...part, ETag: '"other"' }]))).toMatchObject({
      name: 'InvalidPart',
      status: 400,
    });
    expect(await failure(complete(upload, [part, { PartNumber: 2, ETag: part.ETag }]))).toMatchObject({
      name: 'InvalidPart',
    });
    expect(await failure(complete(upload, []))).toMatchObject({ name: 'MalformedXML' });
    expect(served.store.head(Bucket, 'wrong')).toBeUndefined();
  });

  it('with parts out of order, or too small', async () => {
    const upload = await begin('order');
    const [one, two] = [await sendPart(upload, 1, 'one'), await sendPart(upload, 2, 'two')];

    expect(await failure(complete(upload, [two, one]))).toMatchObject({
      name: 'InvalidPartOrder',
      status: 400,
    });
    expect(await failure(complete(upload, [one, two]))).toMatchObject({
      name: 'EntityTooSmall',
      status: 400,
    });
    await complete(upload, [two]);

    expect((await served.store.get(Bucket, 'order')).toString()).toBe('two');
  });

  it('with checksums that do not fit', async () => {
    const upload = await begin('sums', { ChecksumAlgorithm: 'SHA256' });

    expect(await failure(sendPart(upload, 1, 'x', { ChecksumAlgorithm: 'CRC32' }))).toMatchObject({
      name: 'InvalidRequest',
    });
    expect(
      await failure(sendPart(upload, 1, 'x', { ChecksumSHA256: Buffer.alloc(32).toString('base64') })),
    ).toMatchObject({ name: 'BadDigest' });
    expect(
      await failure(begin('sums', { ChecksumAlgorithm: 'SHA1', ChecksumType: 'FULL_OBJECT' })),
    ).toMatchObject({ name: 'InvalidRequest' });
  });

  it('when its object came to be meanwhile and the write was to be the first', async () => {
    const upload = await begin('race');
    const part = await sendPart(upload, 1, 'mine');
    await s3.send(new PutObjectCommand({ Bucket, Key: 'race', Body: 'theirs' }));

    expect(await failure(complete(upload, [part], { IfNoneMatch: '*' }))).toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
    });
    await complete(upload, [part]);

    expect((await served.store.get(Bucket, 'race')).toString()).toBe('mine');
  });
});
