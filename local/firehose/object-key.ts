import { createHash } from 'node:crypto';
import { javaDateFormat } from './datetime-format.ts';

const EXPRESSION = /!\{([^:}]*):([^}]*)\}/g;
const MAX_PREFIX = 512;

/** What the parts of a key are evaluated from: the object's own identity, so the same object has the same key. */
export interface ObjectIdentity {
  readonly uuid: string;
  /** Arrival of the oldest record in the object, milliseconds since 1970. */
  readonly arrival: number;
}

type Evaluate = (object: ObjectIdentity) => string;

const ERROR_OUTPUT_TYPE = 'format-conversion-failed';

/** Eleven characters, each occurrence other ones, the same again when the object is delivered again. */
const randomString =
  (occurrence: number): Evaluate =>
  ({ uuid }) =>
    createHash('sha256')
      .update(`${uuid}/${occurrence}`)
      .digest('base64url')
      .replaceAll(/[-_]/g, 'x')
      .slice(0, 11);

const expression = (namespace: string, value: string, at: number, timeZone: string): Evaluate => {
  if (namespace === 'timestamp') {
    const format = javaDateFormat(value, timeZone);
    return ({ arrival }) => format(arrival);
  }
  if (namespace === 'firehose' && value === 'error-output-type') return () => ERROR_OUTPUT_TYPE;
  if (namespace === 'firehose' && value === 'random-string') return randomString(at);
  throw new Error(`!{${namespace}:${value}} is no expression of a prefix here.`);
};

const evaluator = (prefix: string, timeZone: string): Evaluate => {
  const parts: Evaluate[] = [];
  let end = 0;
  for (const match of prefix.matchAll(EXPRESSION)) {
    const literal = prefix.slice(end, match.index);
    parts.push(() => literal, expression(match[1] ?? '', match[2] ?? '', match.index, timeZone));
    end = match.index + match[0].length;
  }
  const rest = prefix.slice(end);
  return (object) => {
    const text = parts.map((part) => part(object)).join('') + rest;
    if (text.length > MAX_PREFIX)
      throw new Error(`The evaluated prefix "${text}" is longer than ${MAX_PREFIX} characters.`);
    return text;
  };
};

export interface KeyOptions {
  readonly prefix: string;
  readonly errorPrefix: string | undefined;
  readonly timeZone: string;
  readonly streamName: string;
  /** What a delivered object's name ends in: `.parquet`, `.gz` or nothing. */
  readonly extension: string;
}

export interface ObjectKeys {
  readonly data: Evaluate;
  readonly error: Evaluate;
}

const hasExpression = (prefix: string): boolean => prefix.includes('!{');
const has = (prefix: string, what: string): boolean => prefix.includes(`!{${what}`);

const checkPrefixes = (prefix: string, errorPrefix: string | undefined): void => {
  if (has(prefix, 'firehose:error-output-type')) {
    throw new Error('Prefix can not contain !{firehose:error-output-type}.');
  }
  if (hasExpression(prefix) && errorPrefix === undefined) {
    throw new Error('ErrorOutputPrefix must be given when Prefix contains expressions.');
  }
  if (
    errorPrefix !== undefined &&
    hasExpression(errorPrefix) &&
    !has(errorPrefix, 'firehose:error-output-type')
  ) {
    throw new Error('ErrorOutputPrefix with expressions must contain !{firehose:error-output-type}.');
  }
};

const withDate = (prefix: string): string =>
  has(prefix, 'timestamp:') ? prefix : `${prefix}!{timestamp:yyyy/MM/dd/HH/}`;

const errorTemplate = (prefix: string): string =>
  hasExpression(prefix) ? prefix : `${prefix}!{firehose:error-output-type}!{timestamp:yyyy/MM/DDD/HH/}`;

/**
 * Compiles the keys of a delivery stream's objects: evaluated prefix, then
 * `<stream>-<version>-<yyyy-MM-dd-HH-mm-ss>-<uuid>` and the extension, which error objects go without. A prefix
 * without a timestamp gets `yyyy/MM/dd/HH/` appended as it stands.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html and s3-object-name.html
 *
 * @throws Error for prefixes the service refuses
 */
export const objectKeys = ({
  prefix,
  errorPrefix,
  timeZone,
  streamName,
  extension,
}: KeyOptions): ObjectKeys => {
  checkPrefixes(prefix, errorPrefix);
  const data = evaluator(withDate(prefix), timeZone);
  const error = evaluator(errorTemplate(errorPrefix ?? prefix), timeZone);
  const stamp = javaDateFormat('yyyy-MM-dd-HH-mm-ss', timeZone);
  const name: Evaluate = ({ uuid, arrival }) => `${streamName}-1-${stamp(arrival)}-${uuid}`;
  return {
    data: (object) => `${data(object)}${name(object)}${extension}`,
    error: (object) => `${error(object)}${name(object)}`,
  };
};
