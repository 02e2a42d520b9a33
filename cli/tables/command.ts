import type { Command } from 'commander';
import { dataOption, jsonOption, stageOption } from '../options.ts';
import type { TablesOptions } from './action.ts';

/** `tailrace tables`: what can be asked. */
export const addTables = (program: Command): void => {
  program
    .command('tables')
    .description('list the tables and views of the lake, or the columns of one, with rows, size and age')
    .argument('[name]', 'which table or view')
    .addOption(stageOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ tailrace tables orders')
    .action(async (name: string | undefined, options: TablesOptions) => {
      const { tables } = await import('./action.ts');
      await tables(name, options);
    });
};
