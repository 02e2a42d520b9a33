import type { Command } from 'commander';
import { dataOption, jsonOption, stageOption } from '../options.ts';
import type { ImportOptions } from './action.ts';

/** `tailrace import`: takes over the records of an existing system. */
export const addImport = (program: Command): void => {
  program
    .command('import')
    .description(
      'write whole records of an existing system: ids, times and read-only fields come from the file',
    )
    .argument('<entity>', 'which entity, such as order')
    .argument('<file>', 'records, one JSON document a line')
    .addOption(stageOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ tailrace import customer customers.ndjson\n\nA record that is there already stays as it is. Exit code 2: some records were rejected.',
    )
    .action(async (entity: string, file: string, options: ImportOptions) => {
      const { importFile } = await import('./action.ts');
      await importFile(entity, file, options);
    });
};
