import { Option, type Command } from 'commander';
import { dataOption, jsonOption, stageOption } from '../options.ts';
import type { ExportOptions } from './action.ts';

/** `tailrace export`: the rows of a mart as files, for machine learning and whoever else reads files. */
export const addExport = (program: Command): void => {
  program
    .command('export')
    .description('write the rows of a mart to files, as readers see them or as they were at an instant')
    .argument('<mart>', 'which mart, such as customer_features')
    .addOption(
      new Option('--format <name>', 'format of the files')
        .choices(['parquet', 'json', 'csv'])
        .default('parquet'),
    )
    .requiredOption('--to <place>', 'an empty folder, or s3://<bucket>/<prefix>/')
    .option(
      '--as-of <instant>',
      'as it was then, such as 2026-11-01T00:00:00Z: the same rows whenever it is asked',
    )
    .addOption(stageOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ tailrace export customer_features --format parquet --to features --as-of 2026-11-01',
    )
    .action(async (mart: string, options: ExportOptions) => {
      const { exportMart } = await import('./action.ts');
      await exportMart(mart, options);
    });
};
