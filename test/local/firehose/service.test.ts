import {
  DescribeDeliveryStreamCommand,
  ListDeliveryStreamsCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
} from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conversion, serve, streamResource, testCatalog, type Served } from './fixtures/cloud.ts';
import { readRows, startRig, type Rig } from './fixtures/rig.ts';

const PREFIXES = { Prefix: 'data/', ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/' };
const bytes = (text: string): Buffer => Buffer.from(text);

describe('Firehose through the AWS SDK', () => {
  let rig: Rig;
  let served: Served;

  beforeAll(async () => {
    rig = startRig({
      resources: [
        streamResource('orders', { ...PREFIXES, ...conversion() }),
        streamResource('clicks', { CompressionFormat: 'GZIP' }),
      ],
      catalog: testCatalog({ orders: { id: 'bigint', note: 'string' } }),
    });
    served = await serve(rig.firehose);
  });

  afterAll(async () => {
    await served.close();
    await rig.close();
  });

  const batch = (Records: { Data: Buffer }[], DeliveryStreamName = 'orders') =>
    served.client.send(new PutRecordBatchCommand({ DeliveryStreamName, Records }));

  test('delivers a put record as a row', async () => {
    const put = new PutRecordCommand({ DeliveryStreamName: 'orders', Record: { Data: bytes('{"id":1}') } });

    const answer = await served.client.send(put);
    const before = rig.firehose.pending();
    const report = await rig.firehose.flush();

    expect(answer.RecordId).toMatch(/^\d+$/);
    expect(before).toBe(1);
    expect(rig.firehose.pending()).toBe(0);
    expect(report.streams['orders']).toMatchObject({ records: 1, rows: 1, objects: 1, failedRecords: 0 });
    const [object] = rig.objects('data/');
    expect(await readRows(object!.path)).toEqual([{ id: 1n, note: null }]);
  });

  test('answers a batch record by record, each with an id of its own', async () => {
    const answer = await batch(Array.from({ length: 500 }, (_, id) => ({ Data: bytes(`{"id":${id}}`) })));

    expect(answer.FailedPutCount).toBe(0);
    expect(answer.Encrypted).toBe(false);
    expect(new Set(answer.RequestResponses?.map(({ RecordId }) => RecordId)).size).toBe(500);
  });

  test('asks whether the caller may put to the stream', async () => {
    served.authorized.length = 0;

    await batch([{ Data: bytes('{}') }]);

    expect(served.authorized).toEqual([
      {
        action: 'firehose:PutRecordBatch',
        resource: 'arn:aws:firehose:eu-central-1:123456789012:deliverystream/orders',
      },
    ]);
  });

  test('takes 4 MiB in a call and 1,000 KiB in a record', async () => {
    const full = { Data: Buffer.alloc(1_024_000, 32) };

    const answer = await batch([full, full, full, full]);

    expect(answer.FailedPutCount).toBe(0);
  });

  test('refuses a record over 1,000 KiB and names it', async () => {
    const refused = batch([{ Data: bytes('{}') }, { Data: Buffer.alloc(1_024_001, 32) }]);

    await expect(refused).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1024001 cap=1024001]' at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1024000",
    });
  });

  test('refuses a batch over 4 MiB', async () => {
    const Records = Array.from({ length: 5 }, () => ({ Data: Buffer.alloc(900_000, 32) }));

    await expect(batch(Records)).rejects.toMatchObject({
      name: 'InvalidArgumentException',
      message: 'Records size exceeds 4 MB limit',
    });
  });

  test('refuses more than 500 records, and none', async () => {
    const tooMany = batch(Array.from({ length: 501 }, () => ({ Data: bytes('{}') })));
    await expect(tooMany).rejects.toMatchObject({ name: 'ValidationException' });

    await expect(batch([])).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('keeps nothing of a call it refuses', async () => {
    await rig.firehose.flush();
    const Records = [{ Data: bytes('{"id":1}') }, { Data: Buffer.alloc(1_024_001, 32) }];

    await expect(batch(Records)).rejects.toThrow('1024000');

    expect(rig.firehose.pending()).toBe(0);
  });

  test('does not know a stream that was not deployed', async () => {
    await expect(batch([{ Data: bytes('{}') }], 'nowhere')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Firehose nowhere under account 123456789012 not found.',
    });
  });

  test('describes a stream', async () => {
    const describeStream = new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'orders' });

    const { DeliveryStreamDescription: stream } = await served.client.send(describeStream);

    expect(stream).toMatchObject({
      DeliveryStreamName: 'orders',
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamType: 'DirectPut',
      VersionId: '1',
    });
    expect(stream?.Destinations?.[0]?.ExtendedS3DestinationDescription).toMatchObject({
      BucketARN: 'arn:aws:s3:::lake',
      BufferingHints: { SizeInMBs: 128 },
      CompressionFormat: 'UNCOMPRESSED',
      DataFormatConversionConfiguration: { SchemaConfiguration: { TableName: 'orders' } },
    });
  });

  test('lists streams by name, a page at a time', async () => {
    const first = await served.client.send(new ListDeliveryStreamsCommand({ Limit: 1 }));
    const ExclusiveStartDeliveryStreamName = first.DeliveryStreamNames?.[0];
    const second = await served.client.send(
      new ListDeliveryStreamsCommand({ ExclusiveStartDeliveryStreamName }),
    );

    expect(first).toMatchObject({ DeliveryStreamNames: ['clicks'], HasMoreDeliveryStreams: true });
    expect(second).toMatchObject({ DeliveryStreamNames: ['orders'], HasMoreDeliveryStreams: false });
  });
});
