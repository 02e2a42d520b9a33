import { createHash, randomUUID } from 'node:crypto';
import type jsonata from 'jsonata';

const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Most values `$range` gives: more would not fit a payload, and might never end. */
const MAX_RANGE = 100_000;

const partition = (array: readonly unknown[] | undefined, size: number): unknown[][] | undefined => {
  if (array === undefined) return undefined;
  if (!Number.isInteger(size) || size < 1)
    throw new Error('$partition takes chunks of a positive whole number');
  return Array.from({ length: Math.ceil(array.length / size) }, (_, chunk) =>
    array.slice(chunk * size, (chunk + 1) * size),
  );
};

const range = (first: number, last: number, step: number): number[] => {
  if (step === 0) throw new Error('$range takes a step other than 0');
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > MAX_RANGE) throw new Error(`$range gives at most ${MAX_RANGE} values here`);
  return Array.from({ length }, (_, index) => first + index * step);
};

const hash = (text: string | undefined, algorithm: string): string | undefined => {
  const name = ALGORITHMS[algorithm];
  if (name === undefined) throw new Error(`$hash knows ${Object.keys(ALGORITHMS).join(', ')}`);
  return text === undefined ? undefined : createHash(name).update(text).digest('hex');
};

const random = (seed?: number): number => {
  if (seed !== undefined)
    throw new Error('The local cloud has no $random with a seed: it would differ from AWS');
  return Math.random();
};

const parse = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));

/**
 * Adds the functions Step Functions has beside JSONata's own.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn
 */
export const addFunctions = (expression: jsonata.Expression): jsonata.Expression => {
  expression.registerFunction('partition', partition, '<a-n:a>');
  expression.registerFunction('range', range, '<nnn:a>');
  expression.registerFunction('hash', hash, '<s-s:s>');
  expression.registerFunction('random', random, '<n?:n>');
  expression.registerFunction('uuid', () => randomUUID(), '<:s>');
  expression.registerFunction('parse', parse, '<s-:x>');
  return expression;
};
