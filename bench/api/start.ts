import { stat } from 'node:fs/promises';
import { median, medianRatio } from '../statistics.ts';
import type { Peer } from './builds.ts';
import { startGround, type Ground } from './ground.ts';

/** A peer, or the bare one built as the api function is. */
export type Starter = Peer | 'bareLikeApi';

/** Bytes of a bundle and milliseconds of the processor to load it, and ours to them. */
export interface StartFigures {
  readonly name: Starter;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly ratioBytes: number;
  /** Median over starts made beside each other. */
  readonly ratio: number;
}

export interface ColdStartFigures {
  readonly starts: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly peers: readonly StartFigures[];
}

const STARTS = 15;

type Bundles = Readonly<Record<Starter | 'tailrace', string>>;

const bundlesOf = async (ground: Ground): Promise<Bundles> => ({
  tailrace: ground.api,
  bare: await ground.peer('bare'),
  bareLikeApi: await ground.peerLikeApi('bare'),
  powertools: await ground.peer('powertools'),
  hono: await ground.peer('hono'),
});

const timeStarts = async (ground: Ground, bundles: Bundles) => {
  const times: Record<string, number[]> = {};
  for (let start = 0; start < STARTS; start += 1)
    for (const [name, bundle] of Object.entries(bundles))
      (times[name] ??= []).push(await ground.run<number>('start-calls.ts', { bundle }));
  return times;
};

/**
 * Size of the api function, and processor time to load it in a new process, against a bare handler with the same SDK client and
 * the frameworks, each built as projects do; and against the bare handler built as the api function is.
 *
 * @example
 * const { peers } = await benchStart();
 */
export const benchStart = async (): Promise<ColdStartFigures> => {
  await using ground = await startGround();
  const bundles = await bundlesOf(ground);
  const times = await timeStarts(ground, bundles);
  const size = async (name: keyof Bundles) => (await stat(bundles[name])).size;
  const [bytes, ours] = [await size('tailrace'), times.tailrace ?? []];
  const peers = ['bare', 'bareLikeApi', 'powertools', 'hono'] as const;
  return {
    starts: STARTS,
    bytes,
    milliseconds: median(ours),
    peers: await Promise.all(
      peers.map(async (name) => {
        const [theirBytes, theirs] = [await size(name), times[name] ?? []];
        const ratios = { ratioBytes: bytes / theirBytes, ratio: medianRatio(ours, theirs) };
        return { name, bytes: theirBytes, milliseconds: median(theirs), ...ratios };
      }),
    ),
  };
};
