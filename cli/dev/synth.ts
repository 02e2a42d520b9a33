import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { namesOf } from '../../core/deployment.ts';
import { UserError } from '../errors.ts';
import { say } from '../terminal.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

const explain = (output: string): Error => {
  const mistake = /^(?:Schema|Query)Error: (.*)$/m.exec(output)?.[1];
  if (mistake) return new UserError(mistake, '');
  return new UserError('The stacks could not be synthesized:', `\n${output.trim()}`);
};

const warningsIn = (output: string): string[] =>
  output.split('\n').filter((line) => line.startsWith('warning: '));

/** Folders the user names, from where the user is: the synthesis runs somewhere else. */
const namedFolders = (): Record<string, string> =>
  Object.fromEntries(
    ['TAILRACE_SCHEMAS', 'TAILRACE_QUERIES'].flatMap((name) => {
      const folder = process.env[name];
      return folder ? [[name, resolve(folder)]] : [];
    }),
  );

/** What is synthesized, and where to. */
export interface Synthesis {
  readonly outDir: string;
  readonly stage: string;
  /** Folder of the saved queries, where the environment does not say it. */
  readonly queries?: string;
}

/**
 * Synthesizes the stacks as `cdk synth` does, into a folder, and repeats its warnings. Throws UserError with what the
 * synthesis said.
 *
 * @example
 * await synthesize({ outDir: '.tailrace/assembly', stage: 'dev' });
 */
export const synthesize = async ({ outDir, stage, queries }: Synthesis): Promise<void> => {
  const environment = {
    ...process.env,
    ...namedFolders(),
    ...(queries !== undefined && { TAILRACE_QUERIES: queries }),
    CDK_OUTDIR: outDir,
    CDK_VALIDATION: 'false',
    NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'node'),
    TAILRACE_STAGE: stage,
  };
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'app.ts')], {
    env: environment,
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [output, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw explain(output);
  for (const warning of warningsIn(output)) say(warning);
};

/** Gives the folder back when it holds the synthesized stacks of a stage; throws UserError when it does not. */
export const checkAssembly = (folder: string, stage: string): string => {
  if (!existsSync(join(folder, 'manifest.json')))
    throw new UserError(
      `There is no assembly in ${folder}.`,
      `Make one with "npx cdk synth --output ${folder}", or leave --assembly out.`,
    );
  if (existsSync(join(folder, `${namesOf(stage).app}.template.json`))) return folder;
  throw new UserError(`The assembly in ${folder} has no stage "${stage}".`, 'Name its stage with --stage.');
};
