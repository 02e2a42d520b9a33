import { Option, type Command } from 'commander';
import { dataOption, jsonOption, secondsNumber, stageOption } from '../options.ts';
import type { QuarantineOptions } from './open.ts';
import type { ReplayOptions } from './replay-action.ts';

const WAIT_SECONDS = 180;

const withFilters = (command: Command): Command =>
  command
    .option('--entity <name>', 'only of this entity or event')
    .option('--since <time>', 'only what fell out since: 30m, 2h, 7d or a time')
    .option('--reason <text>', 'only with this in the reason');

const withPlace = (command: Command): Command =>
  command.addOption(stageOption()).addOption(dataOption()).addOption(jsonOption());

const addList = (parent: Command): void => {
  withPlace(
    withFilters(parent.command('list').description('list what fell out on its way to the lake, and why')),
  )
    .addHelpText('after', '\nExample:\n  $ tailrace quarantine list --entity order --since 2h')
    .action(async (options: QuarantineOptions) => {
      const { list } = await import('./list.ts');
      await list(options);
    });
};

const addShow = (parent: Command): void => {
  withPlace(
    parent
      .command('show')
      .description('show one of it: why, and what it keeps')
      .argument('<id>', 'its id, or the beginning of it')
      .option('--reveal', 'show sealed personal values in clear, if you may'),
  )
    .addHelpText('after', '\nExample:\n  $ tailrace quarantine show 5f0c21 --reveal')
    .action(async (id: string, options: QuarantineOptions) => {
      const { show } = await import('./show.ts');
      await show(id, options);
    });
};

const addReplay = (parent: Command): void => {
  withPlace(
    withFilters(
      parent
        .command('replay')
        .description('send it again, once schema or code is mended; all of it unless you say which')
        .argument('[id...]', 'ids, or their beginnings'),
    ),
  )
    .option('--dry-run', 'say what would come of it, and change nothing')
    .addOption(
      new Option('--wait <seconds>', 'how long to wait for rows to arrive')
        .default(WAIT_SECONDS)
        .argParser(secondsNumber),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ tailrace quarantine replay --entity order --dry-run\n  $ tailrace quarantine replay 5f0c21',
    )
    .action(async (ids: string[], options: ReplayOptions) => {
      const { replay } = await import('./replay-action.ts');
      await replay(ids, options);
    });
};

/** `tailrace quarantine`: what fell out on its way to the lake, and back into it. */
export const addQuarantine = (program: Command): void => {
  const command = program
    .command('quarantine')
    .description('see what fell out on its way to the lake, and replay it')
    .addHelpText('after', '\nExample:\n  $ tailrace quarantine list && tailrace quarantine replay --dry-run');
  for (const add of [addList, addShow, addReplay]) add(command);
};
