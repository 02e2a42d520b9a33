import type { Command } from 'commander';
import { dataOption, jsonOption, stageOption } from '../options.ts';
import type { EraseOptions } from './action.ts';

/** `tailrace erase`: erases a person, on AWS or in the local cloud, and prints the signed report. */
export const addErase = (program: Command): void => {
  program
    .command('erase')
    .description('erase what is personal of one person, for good, and print the signed report')
    .argument('[subject]', 'identifier of the person, such as the id of a customer')
    .option('--verify <report>', 'erase nobody: say whether a report is as it was signed')
    .option('--no-wait', 'start it, and do not wait until it has ended')
    .addOption(stageOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ tailrace erase 018f3a --json > report.json && tailrace erase --verify report.json',
    )
    .action(async (subject: string | undefined, options: EraseOptions) => {
      const { erase } = await import('./action.ts');
      await erase(subject, options);
    });
};
