import { existsSync, readFileSync } from 'node:fs';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFaults, type Faults } from '../../../local/faults/faults.ts';
import { parseFaultPlan } from '../../../local/faults/plan.ts';
import { serviceWithFaults } from '../../../local/faults/service.ts';
import { storeWithFaults } from '../../../local/faults/store.ts';
import type { Gateway } from '../../../local/gateway/gateway.ts';
import { jsonProtocol } from '../../../local/gateway/json.ts';
import { startS3 } from '../../../local/s3/service.ts';
import { openObjectStore, type S3Store } from '../../../local/s3/store.ts';
import { removeFolder, testCloud, type TestCloud } from '../lambda/cloud.ts';
import { serveServices } from '../serve.ts';

let cloud: TestCloud;
let store: S3Store;
let gateway: Gateway;
let faults: Faults;
let killed: number;
let put: string[];

/** Keeps what is put to it, by its text. */
const firehose = {
  name: 'firehose',
  handle: jsonProtocol({
    PutRecordBatch: ({ Records }: { Records: { Data: string }[] }) => {
      put.push(...Records.map(({ Data }) => Buffer.from(Data, 'base64').toString()));
      const RequestResponses = Records.map((_, position) => ({ RecordId: `${position}` }));
      return { FailedPutCount: 0, RequestResponses };
    },
  }),
  close: async () => {},
};

beforeEach(async () => {
  cloud = testCloud();
  faults = createFaults(cloud.log);
  [killed, put] = [0, []];
  store = openObjectStore(cloud);
  store.createBucket('lake');
  const services = [startS3(cloud, storeWithFaults(store, faults)), firehose];
  gateway = await serveServices(
    services.map((service) => serviceWithFaults(service, faults, () => void (killed += 1))),
  );
});

afterEach(async () => {
  await gateway.close();
  store.close();
  removeFolder(cloud.assemblyDir);
});

const plan = (...list: object[]) => faults.set(parseFaultPlan(JSON.stringify({ seed: 3, faults: list })));

const client = () => ({
  endpoint: gateway.address,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  forcePathStyle: true,
  maxAttempts: 1,
});

const write = (Key: string) =>
  new S3Client(client()).send(new PutObjectCommand({ Bucket: 'lake', Key, Body: 'text' }));

const putBatch = (...texts: string[]) =>
  new FirehoseClient(client()).send(
    new PutRecordBatchCommand({
      DeliveryStreamName: 'orders',
      Records: texts.map((text) => ({ Data: Buffer.from(text) })),
    }),
  );

describe('a call that a plan lets fail', () => {
  it.each([
    ['throttle', { name: 'SlowDown', $metadata: { httpStatusCode: 503 } }],
    ['error', { name: 'InternalError', $metadata: { httpStatusCode: 500 } }],
  ])('of S3 by %s is not done, and answered as S3 answers it', async (kind, error) => {
    plan({ on: 's3:PutObject', kind, calls: [1] });

    await expect(write('a')).rejects.toMatchObject(error);
    expect(store.head('lake', 'a')).toBeUndefined();
    await expect(write('a')).resolves.toBeDefined();
  });

  it('of Firehose by throttle is answered as Firehose answers it', async () => {
    plan({ on: 'firehose:*', kind: 'throttle', probability: 1 });

    await expect(putBatch('a')).rejects.toMatchObject({ name: 'ServiceUnavailableException' });
    expect(put).toEqual([]);
  });

  it('by a lost answer is done, and the connection breaks', async () => {
    plan({ on: 's3:PutObject', kind: 'lost-answer', calls: [1] });

    await expect(write('a')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(readFileSync(store.head('lake', 'a')!.path, 'utf8')).toBe('text');
  });

  it('of a reader by a lost answer has no part of the object', async () => {
    await write('a');
    plan({ on: 's3:GetObject', kind: 'lost-answer', calls: [1] });

    const read = new S3Client(client()).send(new GetObjectCommand({ Bucket: 'lake', Key: 'a' }));
    await expect(read).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('in part takes some records, and names the others by position', async () => {
    plan({ on: 'firehose:PutRecordBatch', kind: 'partial', share: 0.5, calls: [1] });

    const { FailedPutCount, RequestResponses = [] } = await putBatch('a', 'b', 'c', 'd');

    const taken = ['a', 'b', 'c', 'd'].filter((_, position) => RequestResponses[position]?.RecordId);
    expect(FailedPutCount).toBe(2);
    expect(RequestResponses.map(({ ErrorCode }) => ErrorCode).filter(Boolean)).toHaveLength(2);
    expect(put).toEqual(taken);
  });

  it('in whole, of a batch of one, takes nothing', async () => {
    plan({ on: 'firehose:PutRecordBatch', kind: 'partial', calls: [1] });

    expect(await putBatch('a')).toMatchObject({ FailedPutCount: 1 });
    expect(put).toEqual([]);
  });

  it('on a full disk leaves no object, over the endpoint and inside', async () => {
    plan({ on: 's3:PutObject', kind: 'disk-full', calls: [1, 2] });
    const inside = storeWithFaults(store, faults);

    await expect(write('a')).rejects.toMatchObject({ name: 'InternalError' });
    await expect(inside.put('lake', 'a', Buffer.from('text'))).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(existsSync(`${cloud.dataDir}/s3/lake/a`)).toBe(false);
    await expect(inside.put('lake', 'a', Buffer.from('text'))).resolves.toMatchObject({ size: 4 });
  });

  it('by the death of the process kills it', async () => {
    plan({ on: 's3:PutObject', kind: 'kill-process', calls: [1] });

    await write('a');

    expect(killed).toBeGreaterThan(0);
  });
});
