import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { startBenchCloud, type BenchCloud } from './cloud.ts';
import { createTable, entityNamed, startBenchEngine, type BenchEngine } from './engine.ts';
import { generateRecords, writeRecords, type GeneratedRecord, type RecordFile } from './records.ts';
import { chunks, median } from './statistics.ts';
import { temporaryFolder } from './workspace.ts';

/** Figures of one run. Rates in records a second. */
export interface ImportFigures {
  readonly records: number;
  readonly recordsPerSecond: number;
  /** The same items by BatchWriteItem alone, while the local cloud is at rest. */
  readonly barePerSecond: number;
  /** Median over parts of the input of our rate over the bare one. */
  readonly ratio: number;
  /** Median from the end of an import until the lake holds every record of it. */
  readonly flushSeconds: number;
}

/** Records of one run. */
export const IMPORT_RECORDS = 10_000;
const ROUNDS = 4;
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

const bareTable = (entity: string): string => `bare-${entity}`;

/** Seconds of a loop of BatchWriteItem and nothing else, into a table no event source mapping reads. */
const writeBare = (engine: BenchEngine, { entity, records }: RecordFile): Promise<number> => {
  const batches = chunks(records, BATCH).values();
  const worker = () => workThrough(batches, (batch) => writeAll(engine, bareTable(entity), batch));
  return seconds(() => Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker)));
};

/** Imports every file, one after the other, with the command a person would use. */
export const importAll = async (cloud: BenchCloud, files: readonly RecordFile[]): Promise<void> => {
  using folder = temporaryFolder();
  for (const file of files) await cloud.cli('import', file.entity, writeRecords(folder.path, file), '--json');
};

interface Round {
  readonly imported: number;
  readonly flushed: number;
  readonly bare: number;
}

/** Seconds of the import of a file, of the flush after it, and of the bare loop, which goes first or last. */
const measureRound = async (
  engine: BenchEngine,
  cloud: BenchCloud,
  file: RecordFile,
  isBareFirst: boolean,
): Promise<Round> => {
  const first = isBareFirst ? await writeBare(engine, file) : 0;
  const imported = await seconds(() => importAll(cloud, [file]));
  const flushed = await seconds(() => cloud.flush());
  return { imported, flushed, bare: isBareFirst ? first : await writeBare(engine, file) };
};

/** Customers and orders in equal parts, each small enough that the machine is the same for both ways. */
const partsOf = (files: readonly RecordFile[]): RecordFile[] =>
  files.flatMap(({ entity, records }) =>
    chunks(records, IMPORT_RECORDS / ROUNDS).map((part) => ({ entity, records: part })),
  );

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/**
 * Times `tailrace import` of generated customers and orders, process start, validation and look-up of what is there
 * included, with the pipeline behind it running; and a bare loop over the same items on the same engine, turn about.
 *
 * @example
 * const { recordsPerSecond, ratio } = await benchImport();
 */
export const benchImport = async (): Promise<ImportFigures> => {
  await using engine = await startBenchEngine();
  await using cloud = await startBenchCloud({ dynamoDbEndpoint: engine.endpoint });
  const files = generateRecords(IMPORT_RECORDS);
  for (const { entity } of files) await createTable(engine, entityNamed(entity), bareTable(entity));
  const rounds: Round[] = [];
  for (const part of partsOf(files))
    rounds.push(await measureRound(engine, cloud, part, rounds.length % 2 === 0));
  return {
    records: IMPORT_RECORDS,
    recordsPerSecond: IMPORT_RECORDS / total(rounds.map(({ imported }) => imported)),
    barePerSecond: IMPORT_RECORDS / total(rounds.map(({ bare }) => bare)),
    ratio: median(rounds.map(({ imported, bare }) => bare / imported)),
    flushSeconds: median(rounds.map(({ flushed }) => flushed)),
  };
};
