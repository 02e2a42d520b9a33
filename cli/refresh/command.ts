import type { Command } from 'commander';
import { dataOption, jsonOption, stageOption } from '../options.ts';
import type { RefreshOptions } from './action.ts';

/** `tailrace refresh`: merges the logs into the curated tables, on AWS or in the local cloud. */
export const addRefresh = (program: Command): void => {
  program
    .command('refresh')
    .description('merge what the logs have into the curated tables, and publish it')
    .option('--no-wait', 'start it, and do not wait until it has ended')
    .addOption(stageOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ tailrace refresh && tailrace query "SELECT count(*) FROM orders"')
    .action(async (options: RefreshOptions) => {
      const { refresh } = await import('./action.ts');
      await refresh(options);
    });
};
