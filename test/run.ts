import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const run = (command: string, ...parameters: string[]): boolean => {
  process.stdout.write(`\n> ${[command, ...parameters].join(' ')}\n`);
  return spawnSync(command, parameters, { stdio: 'inherit' }).status === 0;
};

const check = (command: string, ...parameters: string[]): Count => {
  const passed = run(command, ...parameters);
  return { passed: Number(passed), failed: Number(!passed), skipped: 0 };
};

const readReport = (path: string): Count => {
  const report = JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>;
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report;
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
};

/** Runs every suite of vitest; a file that fails to load has no failed test, but fails the run. */
const suites = (): Count => {
  const folder = mkdtempSync(join(tmpdir(), 'tailrace-report-'));
  const path = join(folder, 'report.json');
  try {
    const passed = run('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${path}`);
    const count = readReport(path);
    return { ...count, failed: passed ? count.failed : Math.max(count.failed, 1) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const counts = [
  check('tsc'),
  check('oxlint', '--type-aware'),
  check('oxfmt', '--check'),
  check('node', 'cli/tailrace.js', 'schema', 'check', '--current'),
  suites(),
];
const sum = (pick: (count: Count) => number): number =>
  counts.map(pick).reduce((total, value) => total + value, 0);
const failed = sum((count) => count.failed);

process.stdout.write(
  `\n${sum((count) => count.passed)} passed, ${failed} failed, ${sum((count) => count.skipped)} skipped\n`,
);
process.exitCode = failed > 0 ? 1 : 0;
