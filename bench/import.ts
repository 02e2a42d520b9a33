import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { startBenchCloud, type BenchCloud } from './cloud.ts';
import { createTable, entityNamed, startBenchEngine, type BenchEngine } from './engine.ts';
import { generateRecords, writeRecords, type GeneratedRecord, type RecordFile } from './records.ts';
import { chunks } from './statistics.ts';
import { temporaryFolder } from './workspace.ts';

/** Figures of one run. Rates in records a second. */
export interface ImportFigures {
  readonly records: number;
  readonly recordsPerSecond: number;
  /** The same items by BatchWriteItem alone, while the local cloud is at rest. */
  readonly barePerSecond: number;
  /** Our rate over the bare one. */
  readonly ratio: number;
  /** From the end of each import until the lake holds every record, all told. */
  readonly flushSeconds: number;
}

/** Records of one run. */
export const IMPORT_RECORDS = 10_000;
const BATCH = 25;
/** As many calls under way as `tailrace import` has: four batches of a hundred records, written by 25. */
const CALLS_AT_ONCE = 16;

const putOf = (record: GeneratedRecord): WriteRequest => ({
  PutRequest: { Item: marshall({ ...record, schemaVersion: 1 }) },
});

const writeAll = async (engine: BenchEngine, table: string, batch: readonly GeneratedRecord[]) => {
  let requests = batch.map(putOf);
  while (requests.length > 0) {
    const { UnprocessedItems } = await engine.client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
    );
    requests = UnprocessedItems?.[table] ?? [];
  }
};

const workThrough = async <T>(batches: Iterator<T>, work: (batch: T) => Promise<void>): Promise<void> => {
  for (let next = batches.next(); !next.done; next = batches.next()) await work(next.value);
};

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
};

/** Seconds of a loop of BatchWriteItem and nothing else, into a table no event source mapping reads. */
const writeBare = async (engine: BenchEngine, { entity, records }: RecordFile): Promise<number> => {
  const table = `bare-${entity}`;
  await createTable(engine, entityNamed(entity), table);
  const batches = chunks(records, BATCH).values();
  const worker = () => workThrough(batches, (batch) => writeAll(engine, table, batch));
  return seconds(() => Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker)));
};

/** Imports every file, one after the other, with the command a person would use. */
export const importAll = async (cloud: BenchCloud, files: readonly RecordFile[]): Promise<void> => {
  using folder = temporaryFolder();
  for (const file of files) await cloud.cli('import', file.entity, writeRecords(folder.path, file), '--json');
};

/** Seconds of the import of a file, and of the flush after it. */
const importOne = async (cloud: BenchCloud, file: RecordFile) => ({
  imported: await seconds(() => importAll(cloud, [file])),
  flushed: await seconds(() => cloud.flush()),
});

/**
 * Times `tailrace import` of generated customers and orders, process start, validation and look-up of what is there
 * included, with the pipeline behind it running; and a bare loop over the same items on the same engine, once before
 * an import and once after.
 *
 * @example
 * const { recordsPerSecond, ratio } = await benchImport();
 */
export const benchImport = async (): Promise<ImportFigures> => {
  await using engine = await startBenchEngine();
  await using cloud = await startBenchCloud({ dynamoDbEndpoint: engine.endpoint });
  const [customers, orders] = generateRecords(IMPORT_RECORDS);
  const bareFirst = await writeBare(engine, customers);
  const first = await importOne(cloud, customers);
  const second = await importOne(cloud, orders);
  const bareLast = await writeBare(engine, orders);
  const [imported, bare] = [first.imported + second.imported, bareFirst + bareLast];
  return {
    records: IMPORT_RECORDS,
    recordsPerSecond: IMPORT_RECORDS / imported,
    barePerSecond: IMPORT_RECORDS / bare,
    ratio: bare / imported,
    flushSeconds: first.flushed + second.flushed,
  };
};
