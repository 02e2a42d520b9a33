import { existsSync, statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const E2E = ['test/e2e/**/*.test.ts', 'test/chaos/**/*.test.ts'];
const SYNTH = ['test/lib/**/*.test.ts'];

/** Where files lie in memory: tests kill processes, not machines, so a disk would only slow them. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 4e9;

const roomIn = (folder: string): number => {
  if (!existsSync(folder)) return 0;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

/** The file that takes longest starts first: all others run beside it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's own order, not an array's
    const sorted = await super.sort(files);
    const longest = sorted.filter(({ moduleId }) => moduleId.endsWith('cdnow.test.ts'));
    return [...longest, ...sorted.filter((file) => !longest.includes(file))];
  }
}

export default defineConfig({
  test: {
    pool: 'threads',
    isolate: false,
    // One more than the smallest machine has processors: the longest file waits for processes it started.
    maxWorkers: Math.max(3, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    testTimeout: 240_000,
    hookTimeout: 240_000,
    env: roomIn(MEMORY) > ROOM_BYTES ? { TMPDIR: MEMORY } : {},
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...E2E, ...SYNTH] } },
      { extends: true, test: { name: 'synth', include: SYNTH } },
      { extends: true, test: { name: 'e2e', include: E2E, globalSetup: 'test/e2e/assembly.ts' } },
    ],
  },
});
