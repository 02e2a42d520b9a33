import { Option, type Command } from 'commander';
import { dataOption, jsonOption, stageOption, wholeNumber } from '../options.ts';
import type { BackfillOptions } from './action.ts';

/** `tailrace backfill`: sends a table to the lake anew, on AWS or in the local cloud. */
export const addBackfill = (program: Command): void => {
  program
    .command('backfill')
    .description('send every record of a table to the lake: one that was lost, or that never had them')
    .argument('<entity>', 'whose records')
    .addOption(
      new Option('--rate <rows>', 'at most so many rows a second, 0 for as many as go').argParser(
        wholeNumber(0, 1_000_000),
      ),
    )
    .addOption(stageOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nA backfill that was interrupted goes on where it was.' +
        '\n\nExample:\n  $ tailrace backfill order --rate 2000 && tailrace reconcile order',
    )
    .action(async (entity: string, options: BackfillOptions) => {
      const { backfill } = await import('./action.ts');
      await backfill(entity, options);
    });
};
