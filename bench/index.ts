import { availableParallelism } from 'node:os';
import { Argument, Command, CommanderError } from 'commander';
import { print, say, seconds } from '../cli/terminal.ts';
import { hasCdnow } from '../test/e2e/cdnow.ts';
import { benchFrameworks } from './api/frameworks.ts';
import { benchLoad } from './api/load.ts';
import { benchRoutes } from './api/routes.ts';
import { frameworksRows, loadRows, routesRows, startRows } from './api/rows.ts';
import { benchStart } from './api/start.ts';
import { benchImport } from './import.ts';
import { benchIsolation } from './isolation.ts';
import { benchLake, cdnowSize, FULL, TENTH } from './lake.ts';
import { benchMemory } from './memory.ts';
import { benchReady } from './ready.ts';
import { benchReconcile } from './reconcile.ts';
import { benchRelay } from './relay.ts';
import {
  importRows,
  isolationRows,
  lakeRows,
  memoryRows,
  readyRows,
  reconcileRows,
  relayRows,
  tableOf,
  type Row,
} from './report.ts';
import { cleanUpOnExit } from './workspace.ts';

interface Result {
  readonly figures: object;
  readonly rows: readonly Row[];
}

interface BenchOptions {
  readonly full?: boolean;
  readonly json?: boolean;
}

const benchmark =
  <T extends object>(run: () => Promise<T>, rowsOf: (figures: T) => Row[]) =>
  async (): Promise<Result> => {
    const figures = await run();
    return { figures, rows: rowsOf(figures) };
  };

/** In this order: what runs in this process comes first, before anything else has used its heap. */
const benchmarksOf = ({ full }: BenchOptions): Readonly<Record<string, () => Promise<Result>>> => ({
  relay: benchmark(benchRelay, relayRows),
  routes: benchmark(benchRoutes, routesRows),
  frameworks: benchmark(benchFrameworks, frameworksRows),
  load: benchmark(benchLoad, loadRows),
  start: benchmark(benchStart, startRows),
  ready: benchmark(benchReady, readyRows),
  import: benchmark(benchImport, importRows),
  isolation: benchmark(benchIsolation, isolationRows),
  reconcile: benchmark(benchReconcile, reconcileRows),
  memory: benchmark(benchMemory, memoryRows),
  lake: benchmark(() => benchLake(full ? FULL : TENTH), lakeRows),
  ...(hasCdnow && { cdnow: benchmark(() => benchLake(cdnowSize()), lakeRows) }),
});

const runOne = async (name: string, run: () => Promise<Result>): Promise<Result | undefined> => {
  const begin = performance.now();
  say(`${name} …`);
  try {
    const result = await run();
    say(`${name} took ${seconds(performance.now() - begin)}`);
    return result;
  } catch (error) {
    say(`error: ${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
    return undefined;
  }
};

const runAll = async (names: readonly string[], options: BenchOptions): Promise<void> => {
  const { json } = options;
  const results: Record<string, Result> = {};
  for (const [name, run] of Object.entries(benchmarksOf(options))) {
    if (names.length > 0 && !names.includes(name)) continue;
    const result = await runOne(name, run);
    if (result) results[name] = result;
  }
  const pick = <K extends keyof Result>(key: K) =>
    Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result[key]]));
  if (json)
    print(JSON.stringify({ node: process.version, cores: availableParallelism(), ...pick('figures') }));
  else print(tableOf(pick('rows')));
};

const program = new Command('npm run bench --')
  .description(
    'Measure speed and memory, each against a peer or a goal in the same run. Nothing is asserted.',
  )
  .addArgument(
    new Argument('[names...]', 'which to run, all if left out').choices(Object.keys(benchmarksOf({}))),
  )
  .option('--full', 'grow the history of the lake to 4 million changes instead of 400,000')
  .option('--json', 'print the figures as JSON')
  .addHelpText('after', '\nExample:\n  $ npm run bench -- routes')
  .exitOverride()
  .action(runAll);

cleanUpOnExit();
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode;
}
