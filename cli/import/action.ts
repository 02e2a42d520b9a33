import { statSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { namesOf } from '../../core/deployment.ts';
import { connect, explainAws } from '../connection.ts';
import { EXIT, UserError } from '../errors.ts';
import { findEntity } from '../find-entity.ts';
import { count, counted, print, say, seconds } from '../terminal.ts';
import { showProgress } from './progress.ts';
import { openRejects } from './rejects.ts';
import { runImport, type Tally } from './run.ts';

/** What the command line says of an import. */
export interface ImportOptions {
  readonly data: string;
  readonly stage: string;
  readonly json?: boolean;
}

const sizeOf = (path: string): number => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return found.size;
  throw new UserError(`There is no file ${path}.`, 'Name a file of records, one JSON document a line.');
};

const explainTable = (error: unknown, table: string, dataDir: string): unknown =>
  error instanceof Error && error.name === 'ResourceNotFoundException'
    ? new UserError(`There is no table ${table}.`, 'Deploy the stacks first, or name the stage with --stage.')
    : explainAws(error, dataDir);

const summary = (tally: Tally, milliseconds: number): string =>
  [
    `${counted(tally.lines, 'record')} read in ${seconds(milliseconds)}: ${count(tally.written)} written`,
    `${count(tally.unchanged)} already there`,
    ...(tally.kept > 0 ? [`${count(tally.kept)} there with other content and left as they are`] : []),
    `${count(tally.rejected)} rejected`,
  ].join(', ');

/** Imports a file of records of an entity, says how it went and sets the exit code. */
export const importFile = async (name: string, path: string, options: ImportOptions): Promise<void> => {
  const [entity, size] = [await findEntity(name), sizeOf(path)];
  const { client } = await connect(options.data);
  const table = namesOf(options.stage).table(entity);
  const [rejects, progress, start] = [
    openRejects(path),
    showProgress(size, options.json ?? false),
    performance.now(),
  ];
  try {
    const dynamodb = new DynamoDBClient(client);
    // It copies each request and answer for a log that nobody reads.
    dynamodb.middlewareStack.remove('loggerMiddleware');
    const tally = await runImport({
      path,
      entity,
      table,
      guards: namesOf(options.stage).guards,
      client: dynamodb,
      onReject: rejects.add,
      onProgress: progress.update,
    });
    progress.stop();
    if (options.json) print(JSON.stringify({ ...tally, rejects: tally.rejected > 0 ? rejects.path : null }));
    else print(`${summary(tally, performance.now() - start)}.`);
    if (tally.rejected === 0) return;
    say(
      `error: ${counted(tally.rejected, 'record')} refused; ${rejects.path} says which and why. Correct them there and import again.`,
    );
    process.exitCode = EXIT.rejects;
  } catch (error) {
    throw explainTable(error, table, options.data);
  } finally {
    progress.stop();
    await rejects.close();
  }
};
