import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const title = (command: string, parameters: readonly string[]): string =>
  `\n> ${[command, ...parameters].join(' ')}\n`;

interface Checked extends Count {
  readonly printed: string;
}

/** Runs a check beside the suites; what it prints is shown once they have ended. */
const check = async (command: string, ...parameters: string[]): Promise<Checked> => {
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const printed = title(command, parameters) + output + errors;
  return { passed: Number(code === 0), failed: Number(code !== 0), skipped: 0, printed };
};

const readReport = (path: string): Count => {
  const report = JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>;
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report;
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
};

/** Runs every suite of vitest; a file that fails to load has no failed test, but fails the run. */
const suites = async (): Promise<Count> => {
  const folder = mkdtempSync(join(tmpdir(), 'tailrace-report-'));
  const path = join(folder, 'report.json');
  const parameters = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
  try {
    process.stdout.write(title('vitest', parameters));
    const [code] = await once(spawn('vitest', parameters, { stdio: 'inherit' }), 'close');
    const count = readReport(path);
    return { ...count, failed: code === 0 ? count.failed : Math.max(count.failed, 1) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const [tests, ...checks] = await Promise.all([
  suites(),
  check('tsc'),
  check('oxlint', '--type-aware'),
  check('oxfmt', '--check'),
  check('node', 'cli/tailrace.js', 'schema', 'check', '--current'),
]);
for (const { printed } of checks) process.stdout.write(printed);

const counts = [tests, ...checks];
const sum = (pick: (count: Count) => number): number =>
  counts.map(pick).reduce((total, value) => total + value, 0);
const failed = sum((count) => count.failed);

process.stdout.write(
  `\n${sum((count) => count.passed)} passed, ${failed} failed, ${sum((count) => count.skipped)} skipped\n`,
);
process.exitCode = failed > 0 ? 1 : 0;
