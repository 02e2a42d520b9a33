import { existsSync, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const E2E = ['test/e2e/**/*.test.ts'];
const SYNTH = ['test/lib/**/*.test.ts'];

/** Where files lie in memory: tests kill processes, not machines, so a disk would only slow them. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 4e9;

const roomIn = (folder: string): number => {
  if (!existsSync(folder)) return 0;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

export default defineConfig({
  test: {
    pool: 'threads',
    isolate: false,
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: roomIn(MEMORY) > ROOM_BYTES ? { TMPDIR: MEMORY } : {},
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...E2E, ...SYNTH] } },
      { extends: true, test: { name: 'synth', include: SYNTH } },
      { extends: true, test: { name: 'e2e', include: E2E } },
    ],
  },
});
