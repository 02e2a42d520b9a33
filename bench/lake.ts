import { AthenaClient } from '@aws-sdk/client-athena';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { ask, type Answer } from '../cli/query/athena.ts';
import { finish, machineArn, start } from '../cli/refresh/executions.ts';
import { say, seconds } from '../cli/terminal.ts';
import { namesOf } from '../core/deployment.ts';
import { logTable } from '../core/lake/log-table.ts';
import { firehosePort } from '../functions/shared/firehose/client.ts';
import { order } from '../schemas/order.ts';
import { BENCH_STAGE, question, startBenchCloud, type BenchCloud } from './cloud.ts';
import { isoOf, readWholeCdnow } from '../test/e2e/cdnow.ts';
import { changeSource, type ChangeSource, type FirstOrder } from './lake-input.ts';
import { median, medianRatio } from './statistics.ts';

/** How large the history grows, over the same keys. */
export interface LakeSize {
  readonly keys: number;
  /** Changes in all at the first, second and last measurement. */
  readonly changes: readonly [number, number, number];
  /** Changes before each refresh. */
  readonly batch: number;
  /** The orders that are changed; invented ones where there are none. */
  readonly orders?: readonly FirstOrder[];
}

/** What a question costs: milliseconds, the median of several, and bytes scanned. */
export interface Cost {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** The view and the naive one at a number of changes. */
export interface LakePoint {
  readonly changes: number;
  readonly view: Cost;
  readonly naive: Cost;
  /** Time of the view over that of a question that is always the same work, asked beside it: a busy machine slows both. */
  readonly relative: number;
}

/** Figures of one run. */
export interface LakeFigures {
  readonly keys: number;
  readonly points: readonly LakePoint[];
  /** Seconds for 100,000 changes, refresh by refresh, as the history grows. */
  readonly refreshSeconds: readonly number[];
  /** Bytes of the log as Parquet over those of its rows as JSON. */
  readonly parquetOverJson: number;
}

/** The size of the goal, and one tenth of it. */
export const FULL: LakeSize = { keys: 100_000, changes: [1_000_000, 2_000_000, 4_000_000], batch: 100_000 };
export const TENTH: LakeSize = { keys: 10_000, changes: [100_000, 200_000, 400_000], batch: 50_000 };

/** Random changes of the orders of the CDNOW store: 25,000 customers, a line of its file each order. */
export const cdnowSize = (): LakeSize => {
  const orders = readWholeCdnow().map(({ customer, day, units, cents }) => ({
    customerId: customer,
    placedAt: isoOf(day),
    productId: 'cd',
    quantity: units,
    amount: cents,
  }));
  return { keys: orders.length, changes: [100_000, 200_000, 400_000], batch: 50_000, orders };
};

const DAYS = 30;
const ROUNDS = 21;
const AT_ONCE = 4;

const VIEW = 'SELECT count(*), sum(total_amount) FROM orders';

/** What most write: the newest row of each key, of the whole log. */
const NAIVE = `SELECT count(*), sum(total.amount) FROM (
  SELECT total, change_operation, row_number() OVER (PARTITION BY id ORDER BY change_sequence DESC) AS newest
  FROM orders_changes) WHERE newest = 1 AND change_operation <> 'remove'`;

/** The same work however long the history: what the machine is worth at the moment. */
const STEADY =
  'SELECT count(*), sum(n * m) FROM UNNEST(sequence(1, 10000)) AS a (n) CROSS JOIN UNNEST(sequence(1, 200)) AS b (m)';

interface Clients {
  readonly athena: AthenaClient;
  readonly states: SFNClient;
  readonly s3: S3Client;
  readonly put: ReturnType<typeof firehosePort>;
}

const clientsOf = ({ aws }: BenchCloud): Clients => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const config = { endpoint: aws, region: 'us-east-1', credentials };
  return {
    athena: new AthenaClient(config),
    states: new SFNClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    put: firehosePort(new FirehoseClient({ ...config, maxAttempts: 5 })),
  };
};

/** Puts changes into the delivery stream of orders, as the relay does; the bytes of their rows. */
const deliver = async (cloud: BenchCloud, { put }: Clients, source: ChangeSource, count: number) => {
  const { records, bytes } = source.next(count);
  const stream = namesOf(BENCH_STAGE).deliveryStream(order);
  for (let begin = 0; begin < records.length; begin += AT_ONCE)
    await put(stream, records.slice(begin, begin + AT_ONCE), AbortSignal.timeout(60_000));
  await cloud.flush();
  return bytes;
};

/** Refreshes the lake; seconds it took. */
const refresh = async ({ states }: Clients): Promise<number> => {
  const id = await start(states, await machineArn(states, namesOf(BENCH_STAGE).refresh));
  const signal = new AbortController().signal;
  const { status, cause, startDate, stopDate } = await finish(states, id, { onState: () => {}, signal });
  if (status !== 'SUCCEEDED') throw new Error(`The refresh ended ${status}: ${cause}`);
  return ((stopDate?.getTime() ?? 0) - (startDate?.getTime() ?? 0)) / 1000;
};

/** Times of all answers but the first, which warms. */
const timesOf = (answers: readonly Answer[]): number[] =>
  answers.slice(1).map(({ milliseconds }) => milliseconds);

const costOf = (answers: readonly Answer[]): Cost => ({
  milliseconds: median(timesOf(answers)),
  bytes: answers[0]?.bytesScanned ?? Number.NaN,
});

/** Asks all, turn about, after once for warmth. Throws when they do not answer the same. */
const measure = async ({ athena }: Clients, changes: number): Promise<LakePoint> => {
  const [view, naive, steady]: [Answer[], Answer[], Answer[]] = [[], [], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    view.push(await ask(athena, question(VIEW)));
    steady.push(await ask(athena, question(STEADY)));
    naive.push(await ask(athena, question(NAIVE)));
  }
  if (JSON.stringify(view[0]?.rows) !== JSON.stringify(naive[0]?.rows))
    throw new Error(
      `The view says ${JSON.stringify(view[0]?.rows)}, the log ${JSON.stringify(naive[0]?.rows)}.`,
    );
  return {
    changes,
    view: costOf(view),
    naive: costOf(naive),
    relative: medianRatio(timesOf(view), timesOf(steady)),
  };
};

const logBytes = async ({ s3 }: Clients): Promise<number> => {
  const Bucket = namesOf(BENCH_STAGE).bucket('123456789012', 'us-east-1');
  let sum = 0;
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket, Prefix: logTable(order).prefix },
  ))
    for (const { Size = 0 } of Contents) sum += Size;
  return sum;
};

/**
 * Delivers changes of the same orders in batches, refreshes after each, and asks for count and revenue at three lengths of history.
 *
 * @example
 * const { points } = await benchLake(TENTH);
 */
export const benchLake = async ({ keys, changes, batch, orders }: LakeSize): Promise<LakeFigures> => {
  await using cloud = await startBenchCloud({ schedules: false, marts: false });
  const clients = clientsOf(cloud);
  const total = Math.max(...changes);
  const source = changeSource({ keys, total, days: DAYS, ...(orders && { orders }) });
  const points: LakePoint[] = [];
  const refreshSeconds: number[] = [];
  let json = 0;
  for (let done = batch; done <= total; done += batch) {
    json += await deliver(cloud, clients, source, batch);
    const took = await refresh(clients);
    refreshSeconds.push((took * 100_000) / batch);
    if (changes.includes(done)) points.push(await measure(clients, done));
    say(`lake: ${done} of ${total} changes, refreshed in ${seconds(took * 1000)}`);
  }
  return { keys, points, refreshSeconds, parquetOverJson: (await logBytes(clients)) / json };
};
