import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { jsonOption } from '../options.ts';
import type { CheckOptions } from './check.ts';
import type { DiffOptions } from './diff.ts';
import type { LockOptions } from './lock.ts';

/** `--schemas`: whose schemas. */
const schemasOption = () =>
  new Option('--schemas <folder>', 'folder of the schemas')
    .env('TAILRACE_SCHEMAS')
    .default(resolve(import.meta.dirname, '..', '..', 'schemas'), 'schemas')
    .argParser((folder) => resolve(folder));

const someReason = (text: string): string => {
  if (text.trim() !== '') return text.trim();
  throw new InvalidArgumentError('Say why it may break: the lock file keeps the reason.');
};

const addCheck = (schema: Command): void => {
  schema
    .command('check')
    .description('fail where the schemas would break stored items, API clients or the lake')
    .option('--current', 'fail, too, where the lock file does not hold every change')
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ tailrace schema check\n\nExit code 2: something would break, or the lock is not current.',
    )
    .action(async (options: CheckOptions) => {
      const { check } = await import('./check.ts');
      await check(options);
    });
};

const addDiff = (schema: Command): void => {
  schema
    .command('diff')
    .description('show every change of the schemas since the lock file: + adds, ! is to be known, ✗ breaks')
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ tailrace schema diff')
    .action(async (options: DiffOptions) => {
      const { diff } = await import('./diff.ts');
      await diff(options);
    });
};

const addLock = (schema: Command): void => {
  schema
    .command('lock')
    .description('write what the schemas promise to schema.lock.json beside them, for the next check')
    .addOption(
      new Option(
        '--accept-breaking <reason>',
        'break something on purpose; the file keeps the reason',
      ).argParser(someReason),
    )
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ tailrace schema lock --accept-breaking "nobody ever used the note"\n\nExit code 2: something would break, and no reason was given.',
    )
    .action(async (options: LockOptions) => {
      const { lock } = await import('./lock.ts');
      await lock(options);
    });
};

/** `tailrace schema`: changes of schemas, against what was promised before. */
export const addSchema = (program: Command): void => {
  const schema = program
    .command('schema')
    .description('compare the schemas with what was promised before')
    .addHelpText('after', '\nExample:\n  $ tailrace schema check');
  for (const add of [addCheck, addDiff, addLock]) add(schema);
};
