import { Command, CommanderError } from 'commander';
import { addBackfill } from './backfill/command.ts';
import { addDev } from './dev/command.ts';
import { addErase } from './erase/command.ts';
import { EXIT } from './errors.ts';
import { addExport } from './export/command.ts';
import { addFlush } from './flush.ts';
import { addImport } from './import/command.ts';
import { addQuarantine } from './quarantine/command.ts';
import { addLake } from './lake/command.ts';
import { addQueries, addQuery } from './query/command.ts';
import { addReconcile } from './reconcile/command.ts';
import { addRefresh } from './refresh/command.ts';
import { addSchema } from './schema/command.ts';
import { say } from './terminal.ts';
import { addTables } from './tables/command.ts';
import { addToken } from './token.ts';
import { addTypes } from './types.ts';
import packageJson from '../package.json' with { type: 'json' };

const program = new Command('tailrace')
  .description('One schema file; an API on DynamoDB and an analytics lake equal to it.')
  .version(packageJson.version)
  .showHelpAfterError('Add --help to see the options and an example.')
  .exitOverride();

const COMMANDS = [
  addDev,
  addToken,
  addImport,
  addQuery,
  addQueries,
  addTables,
  addExport,
  addFlush,
  addRefresh,
  addQuarantine,
  addLake,
  addReconcile,
  addBackfill,
  addErase,
  addSchema,
  addTypes,
];

for (const add of COMMANDS) add(program);
for (const command of program.commands) command.exitOverride();

/** Says what went wrong, in one line for a mistake, with the stack for a fault of ours, and gives the exit code. */
const report = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof Error && ['UserError', 'SchemaError', 'QueryError'].includes(error.name)) {
    say(`error: ${error.message}`);
    return EXIT.mistake;
  }
  say(
    `tailrace failed, and it is not your mistake: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return EXIT.fault;
};

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
