import { defineConfig } from 'vitest/config';

const E2E = ['test/e2e/**/*.test.ts'];
const SYNTH = ['test/lib/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'threads',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...E2E, ...SYNTH] } },
      { extends: true, test: { name: 'synth', include: SYNTH } },
      { extends: true, test: { name: 'e2e', include: E2E } },
    ],
  },
});
