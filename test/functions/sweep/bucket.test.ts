import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucketPorts as redrivePorts } from '../../../functions/redrive/bucket.ts';
import { inParallel } from '../../../functions/shared/parallel.ts';
import { bucketPorts } from '../../../functions/sweep/bucket.ts';
import { bucketResource, serveS3, temporaryFolder, type Served } from '../../local/s3/harness.ts';

const { dataDir, remove } = temporaryFolder();
const BUCKET = 'lake-bucket';
let served: Served;

const put = (key: string, body: string | Buffer) => served.store.put(BUCKET, key, Buffer.from(body));
const sweep = () => bucketPorts(served.client({ forcePathStyle: true }), BUCKET);
const redrive = () => redrivePorts(served.client({ forcePathStyle: true }), BUCKET);

beforeAll(async () => {
  served = await serveS3(dataDir, { buckets: [bucketResource(BUCKET, { BucketName: BUCKET })] });
});

afterAll(async () => {
  await served.stop();
  remove();
});

describe('the bucket of the sweep', () => {
  test('is listed to its end, past what one answer of S3 has', async () => {
    const keys = Array.from({ length: 1001 }, (_, index) => `aws/lambda/x/${String(index).padStart(4, '0')}`);
    await inParallel(keys, 16, (key) => put(key, ''));

    const found: string[] = [];
    for await (const key of sweep().list('aws/lambda/')) found.push(key);

    expect(found).toEqual(keys);
  });

  test('gives the text of an object, compressed or none at all, and nothing for one that is gone', async () => {
    await put('errors/plain', 'Zoë');
    await put('errors/gzip', gzipSync('Zoë'));
    await put('errors/none', Buffer.from([0xff, 0x41]));

    const { read } = sweep();

    expect(
      await Promise.all(['plain', 'gzip', 'none', 'gone'].map((name) => read(`errors/${name}`))),
    ).toEqual(['Zoë', 'Zoë', 'ÿA', undefined]);
  });

  test('keeps what is there, unless it is to be replaced', async () => {
    const { keep, replace, read } = sweep();
    const object = { key: 'quarantine/relay/a.json', body: 'first' };

    await keep(object);
    await keep({ ...object, body: 'second' });
    expect(await read(object.key)).toBe('first');
    await replace({ ...object, body: 'third' });
    expect(await read(object.key)).toBe('third');
  });
});

test('an entry is claimed by the first of several, and by nobody once it is gone', async () => {
  const { read, claim, remove: removeObject } = redrive();
  await put('quarantine/relay/b.json', 'as it was');
  const found = await read('quarantine/relay/b.json');

  const claims = await Promise.all(
    ['one', 'two', 'three'].map((text) => claim('quarantine/relay/b.json', text, found?.etag ?? '')),
  );
  await removeObject('quarantine/relay/b.json');

  expect(claims.filter(Boolean)).toHaveLength(1);
  expect(await claim('quarantine/relay/b.json', 'late', found?.etag ?? '')).toBe(false);
  expect(await read('quarantine/relay/b.json')).toBeUndefined();
});
