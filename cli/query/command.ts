import { Option, type Command } from 'commander';
import { dataOption, stageOption } from '../options.ts';
import type { QueryOptions } from './action.ts';
import { CHARTS } from './chart/kinds.ts';
import { formats } from './format.ts';

const formatOption = () =>
  new Option('--format <name>', 'how to print the answer').choices(Object.keys(formats)).default('table');

const asJsonOption = () => new Option('--json', 'the same as --format json').implies({ format: 'json' });

/** `tailrace query`: asks Athena, the local one when a local cloud runs. */
export const addQuery = (program: Command): void => {
  program
    .command('query')
    .description('ask the lake in SQL')
    .argument('[sql]', 'the question, in the SQL of Athena; without it a prompt opens')
    .option('--saved <name>', 'ask a saved query; "tailrace queries" lists them')
    .addOption(formatOption())
    .addOption(asJsonOption())
    .addOption(
      new Option('--chart <kind>', 'draw the answer instead').choices(CHARTS).conflicts(['format', 'json']),
    )
    .option('--reveal', 'show sealed personal values in clear, if you may')
    .addOption(stageOption())
    .addOption(dataOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ tailrace query "SELECT status, count(*) AS orders FROM orders GROUP BY status" --format csv',
    )
    .action(async (sql: string | undefined, options: QueryOptions) => {
      const { query } = await import('./action.ts');
      await query(sql, options);
    });
};

/** `tailrace queries`: what can be asked by name. */
export const addQueries = (program: Command): void => {
  program
    .command('queries')
    .description('list the saved queries: names and the questions they answer')
    .addOption(formatOption())
    .addOption(asJsonOption())
    .addOption(stageOption())
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  $ tailrace queries && tailrace query --saved best_sellers')
    .action(async (options: QueryOptions) => {
      const { queries } = await import('./action.ts');
      await queries(options);
    });
};
