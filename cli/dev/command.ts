import type { Command } from 'commander';
import {
  assemblyOption,
  dataOption,
  jsonOption,
  secondsNumber,
  stageOption,
  wholeNumber,
} from '../options.ts';
import type { DevOptions } from './action.ts';

/** `tailrace dev`: runs the synthesized stacks on this machine. */
export const addDev = (program: Command): void => {
  program
    .command('dev')
    .description('run the API, the lake and the AWS services under them on this machine')
    .option('--port <number>', 'port of the API', wholeNumber(0, 65_535), 3000)
    .option('--aws-port <number>', 'port of the AWS endpoint', wholeNumber(0, 65_535), 4566)
    .addOption(dataOption())
    .option('--buffer-seconds <seconds>', 'how long Firehose buffers', secondsNumber, 1)
    .option('--fresh', 'delete the data folder first')
    .option('--no-schedules', 'let schedules start nothing: the lake is refreshed when you ask')
    .option('--faults <file>', 'let AWS calls fail as the plan in the file says')
    .addOption(assemblyOption())
    .addOption(stageOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ tailrace dev --port 8080 --fresh')
    .action(async (options: DevOptions) => {
      const { dev } = await import('./action.ts');
      await dev(options);
    });
};
