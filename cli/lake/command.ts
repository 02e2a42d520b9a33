import type { Command } from 'commander';
import { dataOption, jsonOption, stageOption } from '../options.ts';
import type { StatusOptions } from './action.ts';

/** `tailrace lake`: how the lake is. */
export const addLake = (program: Command): void => {
  const lake = program
    .command('lake')
    .description('look after the lake')
    .addHelpText('after', '\nExample:\n  $ tailrace lake status');
  lake
    .command('status')
    .description('say how far the logs are merged, what tables are made of, and how the last refresh went')
    .addOption(stageOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ tailrace lake status')
    .action(async (options: StatusOptions) => {
      const { status } = await import('./action.ts');
      await status(options);
    });
};
