import { invalidArgument, notImplemented, noSuchKey, preconditionFailed } from './errors.ts';
import type { ObjectInfo } from './store.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * What the conditions of a read say: go on, `304`, or (thrown) `PreconditionFailed`.
 * An ETag condition overrules the date of the same direction.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export const readCondition = (headers: Headers, info: ObjectInfo): 'proceed' | 'not-modified' => {
  const match = headers['if-match'];
  const unmodifiedSince = dateOf(headers['if-unmodified-since']);
  if (match !== undefined && !matches(match, info.etag)) throw preconditionFailed('If-Match');
  if (match === undefined && unmodifiedSince !== undefined && seconds(info.lastModified) > unmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) return matches(noneMatch, info.etag) ? 'not-modified' : 'proceed';
  const modifiedSince = dateOf(headers['if-modified-since']);
  const unchanged = modifiedSince !== undefined && seconds(info.lastModified) <= modifiedSince;
  return unchanged ? 'not-modified' : 'proceed';
};

/** The conditions of a copy on its source; all fail with `PreconditionFailed`. */
export const checkCopySource = (headers: Headers, info: ObjectInfo): void => {
  const prefix = 'x-amz-copy-source-';
  const own = Object.entries(headers).filter(([name]) => name.startsWith(`${prefix}if-`));
  const conditions = Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
  if (readCondition(conditions, info) === 'not-modified')
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
};

/**
 * The condition of a write, to be asked in the same step as the write. Absent when the write has none.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export const writeCondition = (headers: Headers, key: string) => {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (noneMatch !== undefined && noneMatch !== '*')
    throw notImplemented('a write with If-None-Match other than "*"');
  return (current: ObjectInfo | undefined): void => {
    if (noneMatch === '*' && current) throw preconditionFailed('If-None-Match');
    if (match === undefined) return;
    if (!current) throw noSuchKey(key);
    if (!matches(match, current.etag)) throw preconditionFailed('If-Match');
  };
};

const matches = (list: string, etag: string): boolean =>
  list
    .split(',')
    .map((item) =>
      item
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1'),
    )
    .some((item) => item === '*' || item === etag);

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

const dateOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalidArgument('Bad value for a date condition.', 'Date', text);
  return Math.floor(time / 1000);
};
