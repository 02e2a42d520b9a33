import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type MappingsOptions,
  startEventSourceMappings,
} from '../../../local/lambda/event-source-mapping/mappings.ts';
import { startLambda } from '../../../local/lambda/functions.ts';
import { AwsError, type Resource } from '../../../local/service.ts';
import {
  ACCOUNT,
  REGION,
  addFunction,
  credentialsFor,
  eventually,
  functionArn,
  removeFolder,
  resource,
  testCloud,
} from './cloud.ts';
import { startDynamoDb } from './dynamodb.ts';

const STREAM_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders/stream/2026-01-01T00:00:00.000`;
const ID = '11111111-2222-4333-8444-555555555555';

// Appends every batch it gets to a file; fails for ids that the file's neighbour lists.
const RELAY = `
  import { appendFileSync, readFileSync } from "node:fs";
  export const handler = async (event) => {
    const ids = event.Records.map((r) => r.dynamodb.Keys.id.S);
    appendFileSync(process.env.SEEN, JSON.stringify(ids) + '\\n');
    const poison = event.Records.filter((r) => r.dynamodb.Keys.id.S.startsWith('poison'));
    if (poison.length === 0) return { batchItemFailures: [] };
    if (process.env.THROWS) throw new Error('poison');
    return { batchItemFailures: poison.map((r) => ({ itemIdentifier: r.dynamodb.SequenceNumber })) };
  };
`;

const prepare = async (properties: Resource['properties'], { source = RELAY, throws = false } = {}) => {
  const cloud = testCloud();
  const dynamodb = await startDynamoDb(cloud.assemblyDir);
  const seen = join(cloud.assemblyDir, 'seen.ndjson');
  appendFileSync(seen, '');
  await addFunction(cloud, 'relay', source, {
    Environment: { Variables: { SEEN: seen, ...(throws ? { THROWS: '1' } : {}) } },
  });
  cloud.add(
    resource('AWS::Lambda::EventSourceMapping', ID, {
      FunctionName: functionArn('relay'),
      EventSourceArn: STREAM_ARN,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
      ...properties,
    }),
  );
  const stored = new Map<string, Record<string, never>>();
  const store = {
    put: async (bucket: string, key: string, body: string) =>
      void stored.set(`${bucket}/${key}`, JSON.parse(body)),
  };
  const functions = startLambda(cloud, { credentialsFor });
  const start = (now?: () => number, authorize?: MappingsOptions['authorize']) => {
    const mappings = startEventSourceMappings(cloud, {
      functions,
      store,
      streamsEndpoint: dynamodb.endpoint,
      ...(now ? { now } : {}),
      ...(authorize ? { authorize } : {}),
    });
    onTestFinished(async () => await mappings.close());
    return mappings;
  };
  onTestFinished(async () => {
    await functions.close();
    dynamodb.stop();
    removeFolder(cloud.assemblyDir);
  });
  const batches = () =>
    readFileSync(seen, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as string[]);
  await dynamodb.createTable('orders');
  return { cloud, dynamodb, start, batches, stored };
};

describe('an event source mapping', () => {
  it('brings every change to the function in order, as AWS shows it', async () => {
    const { dynamodb, start, batches } = await prepare(
      {},
      {
        source: `
        import { appendFileSync } from 'node:fs';
        export const handler = async (event) => { for (const r of event.Records) appendFileSync(process.env.SEEN, JSON.stringify([r]) + '\\n') };
      `,
      },
    );
    await dynamodb.put('orders', 'a', { status: { S: 'placed' } });
    await dynamodb.put('orders', 'a', { status: { S: 'paid' } });

    await start().drained();

    const records = batches().flat() as unknown as Record<string, unknown>[];
    expect(records).toHaveLength(2);
    expect(records[1]).toEqual({
      eventID: expect.stringMatching(/^[\da-f]{32}$/) as string,
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: REGION,
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number) as number,
        Keys: { id: { S: 'a' } },
        NewImage: { id: { S: 'a' }, status: { S: 'paid' } },
        OldImage: { id: { S: 'a' }, status: { S: 'placed' } },
        SequenceNumber: expect.stringMatching(/^\d{21,40}$/) as string,
        SizeBytes: expect.any(Number) as number,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN: STREAM_ARN,
    });
    expect(records[0]?.['eventID']).not.toBe(records[1]?.['eventID']);
  });

  it('fills no batch beyond its size', async () => {
    const { dynamodb, start, batches } = await prepare({ BatchSize: 10 });
    const ids = Array.from({ length: 25 }, (_, n) => `item-${n}`);
    await dynamodb.putAll('orders', ids);

    await start().drained();

    expect(batches().map((batch) => batch.length)).toEqual([10, 10, 5]);
    expect(batches().flat().toSorted()).toEqual(ids.toSorted());
  });

  it('splits a batch whose event would exceed 6 MB', async () => {
    const { dynamodb, start, batches } = await prepare({ BatchSize: 1000 });
    const ids = Array.from({ length: 20 }, (_, n) => `item-${n}`);
    for (const id of ids) await dynamodb.put('orders', id, { text: { S: 'x'.repeat(390_000) } });

    await start().drained();

    expect(batches().length).toBe(2);
    expect(batches().flat()).toEqual(ids);
  });

  it('picks up changes while it runs', async () => {
    const { dynamodb, start, batches } = await prepare({});
    const mappings = start();
    await dynamodb.put('orders', 'a');
    await eventually('the first change', () => batches().flat().includes('a'));

    await dynamodb.put('orders', 'b');

    await eventually('the second change', () => batches().flat().includes('b'));
    await mappings.drained();
    expect(await mappings.lag()).toEqual([
      { functionName: functionArn('relay'), tableName: 'orders', records: 0 },
    ]);
  });

  it('that starts at LATEST leaves earlier changes alone, and keeps its place over a restart', async () => {
    const { dynamodb, start, batches } = await prepare({ StartingPosition: 'LATEST' });
    await dynamodb.put('orders', 'before');
    const first = start();
    await eventually('its checkpoint', async () => (await first.lag())[0]?.records === 0);
    await first.close();
    await dynamodb.put('orders', 'between');

    await start().drained();

    expect(batches()).toEqual([['between']]);
  });

  it('that filters passes over what does not match', async () => {
    const { dynamodb, start, batches } = await prepare({
      FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"status":{"S":["paid"]}}}}' }] },
    });
    await dynamodb.put('orders', 'a', { status: { S: 'paid' } });
    await dynamodb.put('orders', 'b', { status: { S: 'placed' } });

    const mappings = start();
    await mappings.drained();

    expect(batches()).toEqual([['a']]);
  });
});

describe('a partial failure', () => {
  it('goes on from the lowest failed record, what succeeded after it included', async () => {
    const { dynamodb, start, batches, stored } = await prepare({ MaximumRetryAttempts: 1 });
    for (const id of ['a', 'b', 'poison', 'c']) await dynamodb.put('orders', id);

    await start().drained();

    expect(batches()).toEqual([
      ['a', 'b', 'poison', 'c'],
      ['poison', 'c'],
    ]);
    expect(stored.size).toBe(1);
  });

  it('with bisection isolates the poison record and processes the rest in order', async () => {
    const { dynamodb, start, batches, stored } = await prepare({
      MaximumRetryAttempts: 1,
      BisectBatchOnFunctionError: true,
    });
    for (const id of ['a', 'b', 'poison', 'c', 'd']) await dynamodb.put('orders', id);

    await start().drained();

    expect(batches()).toEqual([
      ['a', 'b', 'poison', 'c', 'd'],
      ['poison', 'c', 'd'],
      ['poison', 'c'],
      ['poison'],
      ['poison'],
      ['c'],
      ['d'],
    ]);
    expect(stored.size).toBe(1);
  });
});

describe('a batch that fails as a whole', () => {
  it('is halved down to the poison record when the mapping bisects; halving uses up no retry', async () => {
    const { dynamodb, start, batches, stored } = await prepare(
      { MaximumRetryAttempts: 2, BisectBatchOnFunctionError: true },
      { throws: true },
    );
    for (const id of ['a', 'b', 'poison', 'c']) await dynamodb.put('orders', id);

    await start().drained();

    expect(batches()).toEqual([
      ['a', 'b', 'poison', 'c'],
      ['a', 'b'],
      ['poison', 'c'],
      ['poison'],
      ['poison'],
      ['poison'],
      ['c'],
    ]);
    expect(stored.size).toBe(1);
  });

  it('goes to S3 whole when its retries are used up, and what follows is processed', async () => {
    const { dynamodb, start, batches, stored } = await prepare(
      { MaximumRetryAttempts: 0, BatchSize: 2 },
      { throws: true },
    );
    for (const id of ['a', 'poison', 'c']) await dynamodb.put('orders', id);

    await start().drained();

    expect(batches()).toEqual([['a', 'poison'], ['c']]);
    const [[key, record] = ['', {} as Record<string, unknown>]] = stored as Map<
      string,
      Record<string, unknown>
    >;
    expect(key).toMatch(
      new RegExp(
        `^failures/aws/lambda/${ID}/shardId-[^/]+/\\d{4}/\\d\\d/\\d\\d/\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d-[\\da-f-]{36}$`,
      ),
    );
    expect(record).toMatchObject({
      requestContext: {
        functionArn: functionArn('relay'),
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 1,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      DDBStreamBatchInfo: {
        batchSize: 2,
        streamArn: STREAM_ARN,
        startSequenceNumber: expect.stringMatching(/^\d{21}$/) as string,
      },
    });
    const event = JSON.parse(record['payload'] as string) as {
      Records: { dynamodb: { Keys: { id: { S: string } } } }[];
    };
    expect(event.Records.map(({ dynamodb: { Keys } }) => Keys.id.S)).toEqual(['a', 'poison']);
  });

  it('that is older than the maximum record age goes to S3 and is not sent', async () => {
    const { dynamodb, start, batches, stored } = await prepare({ MaximumRecordAgeInSeconds: 60 });
    await dynamodb.put('orders', 'old');

    await start(() => Date.now() + 120_000).drained();

    expect(batches()).toEqual([]);
    const [record] = stored.values();
    expect(record).toMatchObject({
      requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 },
    });
    expect(record).not.toHaveProperty('responseContext');
  });
});

describe('a restart', () => {
  it('goes on after the checkpoint', async () => {
    const { dynamodb, start, batches } = await prepare({});
    await dynamodb.put('orders', 'a');
    const first = start();
    await first.drained();
    await first.close();
    await dynamodb.put('orders', 'b');

    await start().drained();

    expect(batches()).toEqual([['a'], ['b']]);
  });

  it('after the table was created again reads the new table from its beginning', async () => {
    const { dynamodb, start, batches } = await prepare({});
    await dynamodb.put('orders', 'a');
    const first = start();
    await first.drained();
    await first.close();
    await dynamodb.deleteTable('orders');
    await eventually('the next second', () => new Date().getMilliseconds() < 50);
    await dynamodb.createTable('orders');
    await dynamodb.put('orders', 'b');

    await start().drained();

    expect(batches()).toEqual([['a'], ['b']]);
  });
});

describe('the role of the function', () => {
  it('must allow reading the stream, and is asked again until it does', async () => {
    const { cloud, dynamodb, start, batches } = await prepare({});
    await dynamodb.put('orders', 'a');
    let allowed = false;
    const asked = new Set<string>();
    const mappings = start(undefined, (role, action, arn) => {
      if (!allowed) throw new AwsError('AccessDeniedException', `${role.ref} may not ${action}`);
      asked.add(`${action} ${arn}`);
    });
    await eventually('the warning', () =>
      cloud.lines.find(({ message }) => message.includes('relay may not dynamodb:DescribeStream')),
    );
    expect(batches()).toEqual([]);

    allowed = true;
    await mappings.drained();

    expect(batches()).toEqual([['a']]);
    expect([...asked]).toContain(`dynamodb:GetRecords ${STREAM_ARN}`);
  });
});

describe('an engine that restarts', () => {
  it('is read on from the checkpoint', async () => {
    const { dynamodb, start, batches, cloud } = await prepare({});
    await dynamodb.put('orders', 'a');
    const mappings = start();
    await mappings.drained();

    await dynamodb.restart();
    await dynamodb.put('orders', 'b');
    await mappings.drained();

    expect(batches()).toEqual([['a'], ['b']]);
    expect(cloud.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('a mapping that cannot run here', () => {
  it.each([
    [
      'of another event source',
      { EventSourceArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:queue` },
      /not a DynamoDB stream/,
    ],
    [
      'with another destination',
      { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:x:1:q' } } },
      /not an S3 bucket/,
    ],
    ['of an unknown function', { FunctionName: 'other' }, /Function not found/],
    [
      'with an unknown filter',
      { FilterCriteria: { Filters: [{ Pattern: '{"a":[{"cidr":"1"}]}' }] } },
      /comparison "cidr"/,
    ],
  ])('%s is named in a warning', async (_, properties, reason) => {
    const { cloud, start } = await prepare(properties);

    start();

    expect(cloud.lines[0]).toMatchObject({ level: 'warn' });
    expect(cloud.lines[0]?.message).toMatch(reason);
  });
});
