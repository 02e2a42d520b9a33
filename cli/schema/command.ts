import type { Command } from 'commander';
import { addCheck } from './check.ts';
import { addDiff } from './diff.ts';
import { addLock } from './lock.ts';

/** `tailrace schema`: changes of schemas, against what was promised before. */
export const addSchema = (program: Command): void => {
  const schema = program
    .command('schema')
    .description('compare the schemas with what was promised before')
    .addHelpText('after', '\nExample:\n  $ tailrace schema check');
  for (const add of [addCheck, addDiff, addLock]) add(schema);
};
