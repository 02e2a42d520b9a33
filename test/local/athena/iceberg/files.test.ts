import { createReadStream } from 'node:fs';
import avro from 'avsc';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLake, run, type Lake } from '../lake.ts';
import { createTable, glueTable } from './tables.ts';

/** The files of a table, read by others than those who wrote them. */
let lake: Lake;

beforeAll(async () => {
  lake = await openLake([]);
  const columns =
    'id string, n int, at timestamp, total struct<amount:bigint,currency:string>, lines array<struct<sku:string>>';
  await run(
    lake,
    createTable('t', columns, { partitioned: 'day(at)', properties: { write_compression: 'snappy' } }),
  );
  await run(
    lake,
    "INSERT INTO t SELECT 'id-' || CAST(i AS varchar), i, TIMESTAMP '2026-11-22 10:00:00', ROW(i, 'EUR'), ARRAY[ROW('x')] FROM UNNEST(sequence(1, 5)) AS u(i)",
  );
  await run(lake, "UPDATE t SET n = -1 WHERE id IN ('id-2', 'id-4')");
});

afterAll(() => lake.destroy());

const pathOf = (address: string) =>
  lake.store.head('lake', address.replace('s3://lake/', ''))?.path ?? address;

const readJson = async (address: string) =>
  JSON.parse((await lake.store.get('lake', address.replace('s3://lake/', ''))).toString()) as Record<
    string,
    unknown
  >;

/** Records of an Avro file, and the schema of its header with every attribute. */
const readRecords = (address: string) =>
  new Promise<{ records: Record<string, unknown>[]; schema: unknown; meta: Record<string, Buffer> }>(
    (resolve, reject) => {
      // oxlint-disable-next-line no-underscore-dangle -- the library's own name
      const long = avro.types.LongType.__with({
        fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
        toBuffer: () => Buffer.alloc(8),
        fromJSON: BigInt,
        toJSON: String,
        isValid: (value: unknown) => typeof value === 'bigint' || typeof value === 'number',
        compare: () => 0,
      });
      const decoder = new avro.streams.BlockDecoder({
        parseHook: (schema) => avro.Type.forSchema(schema, { registry: { long } }),
      });
      const records: Record<string, unknown>[] = [];
      let head: { schema: unknown; meta: Record<string, Buffer> } = { schema: undefined, meta: {} };
      decoder
        .on('metadata', (_type: unknown, _codec: string, header: { meta: Record<string, Buffer> }) => {
          head = { schema: JSON.parse(String(header.meta['avro.schema'])), meta: header.meta };
        })
        .on('data', (record: Record<string, unknown>) => records.push(record))
        .on('end', () => resolve({ records, ...head }))
        .on('error', reject);
      createReadStream(pathOf(address)).pipe(decoder);
    },
  );

interface DataFileRecord {
  readonly file_path: string;
  readonly content: number;
  readonly record_count: bigint;
  readonly partition: Record<string, unknown>;
}

const metadata = async () => readJson((await glueTable(lake, 't')).Parameters?.['metadata_location'] ?? '');

const manifests = async () => {
  const { snapshots } = (await metadata()) as { snapshots: { 'manifest-list': string }[] };
  return (await readRecords(snapshots.at(-1)?.['manifest-list'] ?? '')).records;
};

const files = async (): Promise<DataFileRecord[]> => {
  const entries = await Promise.all(
    (await manifests()).map(async (one) => (await readRecords(String(one['manifest_path']))).records),
  );
  return entries
    .flat()
    .filter((entry) => entry['status'] !== 2)
    .map((entry) => entry['data_file'] as DataFileRecord);
};

describe('a table on disk', () => {
  test('has metadata of format version 2', async () => {
    expect(await metadata()).toMatchObject({
      'format-version': 2,
      location: 's3://lake/curated/t',
      'last-sequence-number': 2,
      'last-column-id': 9,
      'current-schema-id': 0,
      'partition-specs': [
        { 'spec-id': 0, fields: [{ 'source-id': 3, 'field-id': 1000, name: 'at_day', transform: 'day' }] },
      ],
      'sort-orders': [{ 'order-id': 0, fields: [] }],
      refs: { main: { type: 'branch' } },
      snapshots: [
        { 'sequence-number': 1, summary: { operation: 'append', 'added-records': '5' } },
        { 'sequence-number': 2, summary: { operation: 'overwrite', 'added-position-deletes': '2' } },
      ],
    });
  });

  test('has manifest lists whose lines count files and bound partitions', async () => {
    const lines = await manifests();

    expect(
      lines.map((line) => [
        line['content'],
        line['sequence_number'],
        line['added_files_count'],
        line['added_rows_count'],
      ]),
    ).toEqual([
      [0, 2n, 1, 2n],
      [1, 2n, 1, 2n],
      [0, 1n, 1, 5n],
    ]);
    const [summary] = (lines[0]?.['partitions'] ?? []) as { lower_bound: Buffer; contains_null: boolean }[];
    expect(summary?.lower_bound.readInt32LE()).toBe(20_779);
    expect(summary?.contains_null).toBe(false);
  });

  test('has manifests with field ids, the table schema and the partition spec', async () => {
    const [line] = await manifests();

    const { records, schema, meta } = await readRecords(String(line?.['manifest_path']));

    expect(JSON.stringify(schema)).toContain('"name":"file_path","type":"string","field-id":100');
    expect(JSON.parse(String(meta['partition-spec']))).toMatchObject([{ name: 'at_day', transform: 'day' }]);
    expect(JSON.parse(String(meta['schema']))).toMatchObject({ type: 'struct', 'schema-id': 0 });
    expect(String(meta['content'])).toBe('data');
    expect(records).toMatchObject([
      { status: 1, data_file: { content: 0, file_format: 'PARQUET', partition: { at_day: 20_779 } } },
    ]);
  });

  test('has Parquet files with the table field ids, at any depth', async () => {
    const data = (await files()).find((file) => file.content === 0);

    const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(pathOf(data?.file_path ?? '')));

    const ids = schema.map((element: SchemaElement) => [element.name, element.field_id]);
    expect(ids).toEqual([
      ['duckdb_schema', undefined],
      ['id', 1],
      ['n', 2],
      ['at', 3],
      ['total', 4],
      ['amount', 6],
      ['currency', 7],
      ['lines', 5],
      ['list', undefined],
      ['element', 8],
      ['sku', 9],
    ]);
    const at = schema.find((element) => element.name === 'at');
    expect(at?.logical_type).toMatchObject({ type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' });
  });

  test('has delete files whose positions, taken out by hand, leave the rows Athena gives', async () => {
    const all = await files();
    const read = async (file: DataFileRecord) =>
      parquetReadObjects({ file: await asyncBufferFromFile(pathOf(file.file_path)) });
    const deleted = (
      await Promise.all(all.filter((file) => file.content === 1).map((file) => read(file)))
    ).flat() as { file_path: string; pos: bigint }[];
    const gone = new Set(deleted.map(({ file_path, pos }) => `${file_path} ${pos}`));
    const rows: [string, number][] = [];
    for (const file of all.filter((one) => one.content === 0)) {
      for (const [position, row] of (await read(file)).entries())
        if (!gone.has(`${file.file_path} ${position}`)) rows.push([String(row['id']), Number(row['n'])]);
    }

    const { rows: found } = await run(lake, 'SELECT id, n FROM t ORDER BY id');

    expect(deleted).toHaveLength(2);
    const sorted = rows.toSorted(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted.map(([id, n]) => [id, String(n)])).toEqual(found);
  });
});
