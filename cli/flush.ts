import type { Command } from 'commander';
import { dataOption, jsonOption } from './options.ts';
import { counted, print } from './terminal.ts';

interface Flushed {
  readonly rows: number;
  readonly objects: number;
  readonly streams: Readonly<Record<string, number>>;
}

const flush = async ({ data, json }: { data: string; json?: boolean }): Promise<void> => {
  const { control, requireLocal } = await import('./connection.ts');
  const local = await requireLocal(data);
  const flushed = (await control(local, 'flush', {})) as Flushed;
  if (json) return print(JSON.stringify(flushed));
  print(
    `The lake is up to date: ${counted(flushed.rows, 'row')} delivered in ${counted(flushed.objects, 'file')} while waiting.`,
  );
};

/** `tailrace flush`: waits until the lake holds every change made so far. */
export const addFlush = (program: Command): void => {
  program
    .command('flush')
    .description('wait until every change made so far is in the lake of the local cloud')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ tailrace flush && tailrace query "SELECT count(*) FROM orders"')
    .action(flush);
};
