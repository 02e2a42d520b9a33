import { expect, test } from 'vitest';
import { makeFolder, removeFolder, startTailrace } from '../e2e/tailrace.ts';
import { runSeeds } from './run.ts';

/** Seeds that share a cloud. */
const TOGETHER = 20;

const [first, count] = [Number(process.env.CHAOS_SEED ?? 1), Number(process.env.CHAOS_SEEDS ?? TOGETHER)];
const all = Array.from({ length: count }, (_, index) => first + index);
const groups = Map.groupBy(all, (seed) => Math.floor((seed - first) / TOGETHER));

test.each([...groups.values()].map((seeds) => ({ seeds, from: seeds[0], to: seeds.at(-1) })))(
  'seeds $from to $to: whatever fails, nothing is lost, doubled, torn or said in clear',
  async ({ seeds }) => {
    const folder = makeFolder();
    const { wrong, ledger } = await runSeeds(seeds, () => startTailrace({ dataDir: folder, marts: false }));

    const replay = [...new Set(wrong.map(({ seed }) => seed))].map((seed) =>
      seed === undefined
        ? `npm run chaos -- --seed ${seeds[0]} --seeds ${seeds.length}`
        : `npm run chaos -- --seed ${seed}`,
    );
    expect({ wrong, replay, folder: wrong.length > 0 ? folder : '' }).toEqual({
      wrong: [],
      replay: [],
      folder: '',
    });
    expect(ledger.known.size).toBeGreaterThan(seeds.length);
    removeFolder(folder);
  },
);
