import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { STAGE } from '../core/deployment.ts';

/** Reads a whole number in a range. */
export const wholeNumber =
  (from: number, to: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
  };

/** Reads a number of seconds. */
export const secondsNumber = (text: string): number => {
  const value = Number(text);
  if (text !== '' && value >= 0 && value <= 900) return value;
  throw new InvalidArgumentError('It must be a number of seconds from 0 to 900.');
};

/** `--data`: every command of one local cloud must be given the same. */
export const dataOption = () =>
  new Option('--data <folder>', 'folder of the local cloud')
    .env('TAILRACE_DATA')
    .default(resolve('.tailrace'), '.tailrace')
    .argParser((folder) => resolve(folder));

/** `--assembly`: stacks that are synthesized already. */
export const assemblyOption = () =>
  new Option(
    '--assembly <folder>',
    'run stacks that "cdk synth" made, instead of synthesizing them now',
  ).argParser((folder) => resolve(folder));

const stageName = (text: string): string => {
  if (STAGE.test(text)) return text;
  throw new InvalidArgumentError('It must be up to 16 lower case letters and digits, a letter first.');
};

/** `--stage`: which deployment, on AWS and here. */
export const stageOption = () =>
  new Option('--stage <name>', 'name of the deployment')
    .env('TAILRACE_STAGE')
    .default('dev')
    .argParser(stageName);

/** `--json`: the answer for a script. */
export const jsonOption = () => new Option('--json', 'print the answer as JSON');
