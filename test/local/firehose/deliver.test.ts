import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { conversion, streamResource, testCatalog } from './fixtures/cloud.ts';
import {
  readColumns,
  readErrors,
  readExact,
  readRows,
  startRig,
  type Rig,
  type RigOptions,
} from './fixtures/rig.ts';

const PREFIXES = { Prefix: 'data/', ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/' };
const catalog = testCatalog({ orders: { id: 'bigint', note: 'string' } });
const orders = (destination = {}) => [
  streamResource('orders', { ...PREFIXES, ...conversion(), ...destination }),
];

describe('delivery', () => {
  let rig: Rig;
  afterEach(() => rig.close());
  const start = (options: Partial<RigOptions> = {}): Rig =>
    (rig = startRig({ resources: orders(), catalog, ...options }));

  test('makes a row of every document packed in a record', async () => {
    start();

    await rig.put('orders', '{"id":1}{"id":2}\n {"id":3, "note":"a}{b\\""}\r\n');
    const { streams } = await rig.firehose.flush();

    expect(streams['orders']).toMatchObject({ records: 1, rows: 3, failedRecords: 0 });
    const rows = await readRows(rig.objects('data/')[0]!.path);
    expect(rows.map(({ id, note }) => [id, note])).toEqual([
      [1n, null],
      [2n, null],
      [3n, 'a}{b"'],
    ]);
  });

  test('has exactly the columns of the table, in order, with their types', async () => {
    start({
      catalog: testCatalog({
        orders: {
          id: 'bigint',
          total: 'decimal(38,2)',
          at: 'timestamp',
          day: 'date',
          ok: 'boolean',
          f: 'float',
          n: 'int',
        },
      }),
    });

    await rig.put('orders', '{"id":1,"dt":"not a column"}');
    await rig.firehose.flush();

    const columns = await readColumns(rig.objects('data/')[0]!.path);
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id INT64',
      'total FIXED_LEN_BYTE_ARRAY',
      'at INT64',
      'day INT32',
      'ok BOOLEAN',
      'f FLOAT',
      'n INT32',
    ]);
    expect(columns[1]?.logical_type).toMatchObject({ type: 'DECIMAL', precision: 38, scale: 2 });
    expect(columns[2]?.logical_type).toMatchObject({
      type: 'TIMESTAMP',
      isAdjustedToUTC: false,
      unit: 'MILLIS',
    });
  });

  test('sends a record that fails to the error output, the rest of its buffer to the data', async () => {
    start();

    await rig.put('orders', '{"id":1}', '{"id":2}{"id":"oops"}', '{"id":3}');
    const { streams } = await rig.firehose.flush();

    expect(streams['orders']).toMatchObject({
      records: 3,
      rows: 2,
      failedRecords: 1,
      objects: 1,
      errorObjects: 1,
    });
    expect(await readExact(rig.objects('data/')[0]!.path)).toEqual([
      { id: '1', note: null },
      { id: '3', note: null },
    ]);
    const [error] = rig.objects('errors/');
    expect(error?.key).toMatch(/^errors\/format-conversion-failed\/orders-1-[\d-]{19}-[0-9a-f-]{36}$/);
    expect(await readErrors(error!.path)).toEqual([
      {
        attemptsMade: 1,
        arrivalTimestamp: expect.any(Number),
        lastErrorCode: 'DataFormatConversion.MalformedData',
        lastErrorMessage: 'Data does not match the schema. For input string: "oops"',
        attemptEndingTimestamp: expect.any(Number),
        rawData: Buffer.from('{"id":2}{"id":"oops"}').toString('base64'),
        sequenceNumber: expect.stringMatching(/^\d+$/),
        subSequenceNumber: null,
        dataCatalogTable: {
          catalogId: '123456789012',
          databaseName: 'lake',
          tableName: 'orders',
          region: 'eu-central-1',
          versionId: 'LATEST',
          roleArn: 'arn:aws:iam::123456789012:role/delivery',
        },
      },
    ]);
  });

  test.for([
    ['', 'MalformedData', 'The record was empty or contained only whitespace.'],
    [' \n\t', 'MalformedData', 'The record was empty or contained only whitespace.'],
    ['42', 'MalformedData', 'The input JSON contained a primitive at the top level.'],
    ['{"id":1} "x"', 'MalformedData', 'The input JSON contained a primitive at the top level.'],
    [
      '[{"id":1},{"id":2}]',
      'MalformedData',
      'Data does not match the schema. The top level of the document is an array',
    ],
    ['oops', 'ParseError', 'Encountered malformed JSON.'],
    ['{"id":1', 'ParseError', 'Encountered malformed JSON.'],
    ['{"id":1},{"id":2}', 'ParseError', 'Encountered malformed JSON.'],
    ["{'id':1}", 'ParseError', 'Encountered malformed JSON.'],
    ['{"id":"1', 'ParseError', 'Encountered malformed JSON.'],
    [`{"${'k'.repeat(262_145)}":1}`, 'MalformedData', 'Length of json key must not be greater than 262144'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'MalformedData', 'The record is not UTF-8.'],
    [
      `{"note":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'MalformedData',
      'Data contains a highly nested JSON structure.',
    ],
    [
      `{"note":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
      'MalformedData',
      'Data contains a highly nested JSON structure.',
    ],
  ] as const)('names what is wrong with %s', async ([record, code, message]) => {
    start();

    await rig.put('orders', record);
    await rig.firehose.flush();

    const [line] = await readErrors(rig.objects('errors/')[0]!.path);
    expect(line?.lastErrorCode).toBe(`DataFormatConversion.${code}`);
    expect(line?.lastErrorMessage).toContain(message);
    expect(line?.rawData).toBe(Buffer.from(record).toString('base64'));
    expect(rig.objects('data/')).toEqual([]);
  });

  test('marks Snappy Parquet as AWS does, a plain Parquet file though it is', async () => {
    start();

    await rig.put('orders', '{"id":1}');
    await rig.firehose.flush();

    const [object] = rig.objects('data/');
    expect(object?.key).toMatch(/^data\/\d{4}\/\d\d\/\d\d\/\d\d\/orders-1-[\d-]{19}-[0-9a-f-]{36}\.parquet$/);
    expect(object?.meta).toMatchObject({
      contentType: 'application/octet-stream',
      contentEncoding: 'hadoop-snappy',
    });
    expect((await readFile(object!.path)).subarray(0, 4).toString()).toBe('PAR1');
  });

  test('replaces the extension by the one that is set', async () => {
    start({ resources: orders({ FileExtension: '.pq' }) });

    await rig.put('orders', '{"id":1}');
    await rig.firehose.flush();

    expect(rig.objects('data/')[0]?.key).toMatch(/[0-9a-f]\.pq$/);
  });

  test('delivers records as they came where nothing is converted', async () => {
    start({ resources: [streamResource('raw')] });

    await rig.put('raw', 'one\n', 'two');
    await rig.firehose.flush();

    const [object] = rig.objects();
    expect(object?.key).toMatch(/^\d{4}\/\d\d\/\d\d\/\d\d\/raw-1-[\d-]{19}-[0-9a-f-]{36}$/);
    expect(await readFile(object!.path, 'utf8')).toBe('one\ntwo');
  });

  test('compresses with gzip when told to', async () => {
    start({ resources: [streamResource('raw', { CompressionFormat: 'GZIP' })] });

    await rig.put('raw', 'one\n', 'two\n');
    await rig.firehose.flush();

    const [object] = rig.objects();
    expect(object?.key).toMatch(/\.gz$/);
    expect(gunzipSync(await readFile(object!.path)).toString()).toBe('one\ntwo\n');
  });

  test('delivers when the buffer is full', async () => {
    start({ resources: [streamResource('raw', { BufferingHints: { SizeInMBs: 1 } })] });
    const part = 'x'.repeat(600_000);

    await rig.put('raw', part);
    const halfFull = rig.firehose.pending();
    await rig.put('raw', part);
    await expect.poll(() => rig.firehose.pending()).toBe(0);

    expect(halfFull).toBe(1);
    expect(rig.objects().map(({ size }) => size)).toEqual([1_200_000]);
  });

  test('delivers by itself after the seconds that are set', async () => {
    start({ bufferSeconds: 0 });

    await rig.put('orders', '{"id":1}');
    await expect.poll(() => rig.objects('data/').length).toBe(1);

    await expect.poll(() => rig.firehose.pending()).toBe(0);
  });

  test('tries again until the store takes the object, and says so', async () => {
    let failures = 2;
    start({
      wrap: (store) => ({
        put: (...given) => (failures-- > 0 ? Promise.reject(new Error('disk is full')) : store.put(...given)),
      }),
    });

    await rig.put('orders', '{"id":1}');
    const { streams } = await rig.firehose.flush();

    expect(streams['orders']).toMatchObject({ records: 1, rows: 1 });
    expect(rig.objects('data/')).toHaveLength(1);
    expect(rig.log).toHaveLength(2);
    expect(rig.log[0]).toContain(
      'orders: delivery attempt 1 failed and will be repeated. Error: disk is full',
    );
  });

  test('tells where the records are that failed', async () => {
    start();

    await rig.put('orders', '{"id":1}', 'oops');
    await rig.firehose.flush();

    const { key } = rig.objects('errors/')[0]!;
    expect(rig.log).toEqual([
      `warn firehose orders: 1 of 2 records could not be converted, see s3://lake/${key}`,
    ]);
  });

  test('keeps streams apart', async () => {
    start({ resources: [...orders(), streamResource('raw', { Prefix: 'raw/' })] });

    await rig.put('orders', '{"id":1}');
    await rig.put('raw', 'x', 'y');
    const { streams } = await rig.firehose.flush();

    expect(streams['orders']).toMatchObject({ records: 1, rows: 1 });
    expect(streams['raw']).toMatchObject({ records: 2, rows: 0, objects: 1 });
  });

  test('counts what came in, what is billed, what converted', async () => {
    start();

    await rig.put('orders', '{"id":1}', 'oops', `{"note":"${'x'.repeat(5_120)}"}`);
    await rig.firehose.flush();

    expect(rig.firehose.metrics()['orders']).toMatchObject({
      IncomingRecords: 3,
      IncomingBytes: 8 + 4 + 5_131,
      IncomingPutRequests: 1,
      BilledBytes: 4 * 5_120,
      'SucceedConversion.Records': 2,
      'FailedConversion.Records': 1,
      'FailedConversion.Bytes': 4,
    });
  });
});
