import { medianRatio, percentile } from '../statistics.ts';
import { startGround } from './ground.ts';
import type { Block, LoadJob, LoadResult } from './load-calls.ts';

/** Requests a second and milliseconds of the slowest hundredth, with some calls under way at once. */
export interface LoadRow {
  readonly kind: 'GET' | 'POST';
  readonly concurrency: number;
  readonly perSecond: number;
  readonly barePerSecond: number;
  /** Median over the blocks, of our rate to the bare one. */
  readonly ratio: number;
  readonly p99: number;
  readonly bareP99: number;
}

export interface LoadFigures {
  readonly calls: number;
  readonly rows: readonly LoadRow[];
}

const CONCURRENCIES = [1, 8, 32];
const ROUNDS = 12;
const CALLS = 128;

const rateOf = ({ times, elapsed }: Block): number => (times.length / elapsed) * 1000;

const p99 = (blocks: readonly Block[]): number =>
  percentile(
    blocks.flatMap(({ times }) => times),
    0.99,
  );

const rowOf = ({ kind, concurrency, handler, bare }: LoadResult): LoadRow => {
  const [ours, theirs] = [handler.map(rateOf), bare.map(rateOf)];
  return {
    kind,
    concurrency,
    perSecond: percentile(ours, 0.5),
    barePerSecond: percentile(theirs, 0.5),
    ratio: medianRatio(ours, theirs),
    p99: p99(handler),
    bareP99: p99(bare),
  };
};

/**
 * Drives GET and POST of a customer through the api function with 1, 8 and 32 calls under way at once, against a
 * handler of the SDK alone, in alternating blocks, in one process on one DynamoDB engine. On AWS a function has one
 * call under way; more at once is what its process can bear.
 *
 * @example
 * const { rows } = await benchLoad();
 */
export const benchLoad = async (): Promise<LoadFigures> => {
  await using ground = await startGround();
  const { api } = ground;
  const bare = await ground.peerLikeApi('bare');
  const job: LoadJob = { api, bare, concurrencies: CONCURRENCIES, rounds: ROUNDS, calls: CALLS };
  const results = await ground.run<LoadResult[]>('load-calls.ts', job);
  return { calls: ROUNDS * CALLS, rows: results.map(rowOf) };
};
