import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Command } from 'commander';
import { wholeNumber } from '../../cli/options.ts';

interface Options {
  readonly seed: number;
  readonly seeds: number;
}

const run = async ({ seed, seeds }: Options): Promise<void> => {
  const env = { ...process.env, CHAOS_SEED: String(seed), CHAOS_SEEDS: String(seeds) };
  const child = spawn('vitest', ['run', '--project', 'e2e', 'test/chaos'], { stdio: 'inherit', env });
  const [code] = await once(child, 'close');
  process.exitCode = code as number;
};

await new Command('npm run chaos --')
  .description(
    'Let clients write while faults strike, and hold the lake to the table. A seed decides what is done and what fails.',
  )
  .option('--seed <number>', 'the first seed', wholeNumber(0, 1_000_000_000), 1)
  .option('--seeds <number>', 'how many seeds, from the first on', wholeNumber(1, 1_000_000), 1)
  .addHelpText('after', '\nExample:\n  $ npm run chaos -- --seeds 1000')
  .action(run)
  .parseAsync();
