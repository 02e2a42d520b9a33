import type { Command } from 'commander';
import { jsonOption } from '../options.ts';
import { print } from '../terminal.ts';
import { compareWithLock, schemasOption } from './comparison.ts';
import { shown } from './show.ts';

const diff = async ({ schemas, json }: { schemas: string; json?: boolean }): Promise<void> => {
  const comparison = await compareWithLock(schemas);
  const { changes, path } = comparison;
  if (json) return print(JSON.stringify({ changes }));
  print(changes.length > 0 ? shown(changes, comparison) : `Nothing has changed since ${path}.`);
};

/** `tailrace schema diff`: every change since the lock, and what it does. */
export const addDiff = (schema: Command): void => {
  schema
    .command('diff')
    .description('show every change of the schemas since the lock file: + adds, ! is to be known, ✗ breaks')
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ tailrace schema diff')
    .action(diff);
};
