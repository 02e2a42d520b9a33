import { stat } from 'node:fs/promises';
import { median, medianRatio } from '../statistics.ts';
import { startGround, type Ground } from './ground.ts';

/** Bytes of a bundle and milliseconds of the processor to load it, and ours to them. */
export interface StartFigures {
  readonly name: string;
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

const bundlesOf = async (ground: Ground): Promise<Readonly<Record<string, string>>> => ({
  tailrace: ground.api,
  bare: await ground.peer('bare'),
  'bare, built as ours': await ground.peerLikeApi('bare'),
  powertools: await ground.peer('powertools'),
  hono: await ground.peer('hono'),
});

const timeStarts = async (ground: Ground, bundles: Readonly<Record<string, string>>) => {
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
  const size = async (name: string) => (await stat(bundles[name] ?? '')).size;
  const [bytes, ours] = [await size('tailrace'), times.tailrace ?? []];
  const peers = Object.keys(bundles).filter((name) => name !== 'tailrace');
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
