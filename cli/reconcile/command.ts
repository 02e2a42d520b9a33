import { Option, type Command } from 'commander';
import { dataOption, jsonOption, stageOption, wholeNumber } from '../options.ts';
import type { ReconcileOptions } from './action.ts';

/** `tailrace reconcile`: compares tables with the lake, on AWS or in the local cloud. */
export const addReconcile = (program: Command): void => {
  program
    .command('reconcile')
    .description('prove that the lake equals the tables, or name each key that differs')
    .argument('[entity]', 'compare this one; left out, all of them')
    .option('--deep', 'compare all of each record, not its version alone')
    .option('--repair', 'send what differs to the lake again, and compare once more')
    .addOption(
      new Option('--patience <seconds>', 'how long a change may take to the lake').argParser(
        wholeNumber(0, 3600),
      ),
    )
    .addOption(stageOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nEnds with 0 when they are equal, with 1 when they differ, with 2 when they could not be compared.' +
        '\n\nExample:\n  $ tailrace reconcile order --deep --repair',
    )
    .action(async (entity: string | undefined, options: ReconcileOptions) => {
      const { reconcile } = await import('./action.ts');
      await reconcile(entity, options);
    });
};
