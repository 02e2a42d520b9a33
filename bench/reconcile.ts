import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { namesOf } from '../core/deployment.ts';
import { BENCH_STAGE, startBenchCloud, type BenchCloud } from './cloud.ts';
import { entityNamed } from './engine.ts';
import { importAll } from './import.ts';
import { generateRecords } from './records.ts';
import { median } from './statistics.ts';

/** Figures of one run. Rates in records a second. */
export interface ReconcileFigures {
  readonly records: number;
  /** A Scan of the table, page by page: what reads it and does nothing. */
  readonly scannedPerSecond: number;
  readonly reconciledPerSecond: number;
  readonly deepPerSecond: number;
  /** Until the lake has every row. */
  readonly backfilledPerSecond: number;
}

/** Records that are imported; three of four are orders. */
const IMPORTED = 20_000;
const ROUNDS = 3;

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
};

const clientOf = ({ aws }: BenchCloud): DynamoDBClient =>
  new DynamoDBClient({
    endpoint: aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

const scan = async (client: DynamoDBClient): Promise<void> => {
  const TableName = namesOf(BENCH_STAGE).table(entityNamed('order'));
  for await (const _ of paginateScan({ client }, { TableName }));
};

const backfill = async (cloud: BenchCloud): Promise<void> => {
  await cloud.cli('backfill', 'order', '--rate', '0', '--json');
  await cloud.flush();
};

/**
 * Times `tailrace reconcile` and `tailrace backfill` of generated orders, process start and export included, and a plain Scan of the
 * same table, turn about.
 *
 * @example
 * const { reconciledPerSecond, scannedPerSecond } = await benchReconcile();
 */
export const benchReconcile = async (): Promise<ReconcileFigures> => {
  await using cloud = await startBenchCloud({ schedules: false });
  const files = generateRecords(IMPORTED);
  await importAll(cloud, files);
  await cloud.flush();
  const records = files[1].records.length;
  const client = clientOf(cloud);
  const ways = {
    scannedPerSecond: () => scan(client),
    reconciledPerSecond: () => cloud.cli('reconcile', 'order', '--json'),
    deepPerSecond: () => cloud.cli('reconcile', 'order', '--deep', '--json'),
    backfilledPerSecond: () => backfill(cloud),
  };
  const taken = new Map(Object.keys(ways).map((way) => [way, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [way, work] of Object.entries(ways)) taken.get(way)?.push(await seconds(work));
  client.destroy();
  const rateOf = (way: keyof typeof ways): number => records / median(taken.get(way) ?? []);
  return {
    records,
    scannedPerSecond: rateOf('scannedPerSecond'),
    reconciledPerSecond: rateOf('reconciledPerSecond'),
    deepPerSecond: rateOf('deepPerSecond'),
    backfilledPerSecond: rateOf('backfilledPerSecond'),
  };
};
