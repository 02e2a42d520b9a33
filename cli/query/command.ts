import { Option, type Command } from 'commander';
import { dataOption, stageOption } from '../options.ts';
import type { QueryOptions } from './action.ts';
import { formats } from './format.ts';

/** `tailrace query`: asks Athena, the local one when a local cloud runs. */
export const addQuery = (program: Command): void => {
  program
    .command('query')
    .description('ask the lake in SQL')
    .argument('<sql>', 'the question, in the SQL of Athena')
    .addOption(
      new Option('--format <name>', 'how to print the answer').choices(Object.keys(formats)).default('table'),
    )
    .addOption(new Option('--json', 'the same as --format json').implies({ format: 'json' }))
    .option('--reveal', 'show sealed personal values in clear, if you may')
    .addOption(stageOption())
    .addOption(dataOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ tailrace query "SELECT status, count(*) AS orders FROM orders GROUP BY status" --format csv',
    )
    .action(async (sql: string, options: QueryOptions) => {
      const { query } = await import('./action.ts');
      await query(sql, options);
    });
};
