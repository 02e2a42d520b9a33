import { AwsError, type Call } from '../service.ts';
import type { Cloud } from '../service.ts';
import { checkKey } from './paths.ts';
import type { S3Store } from './store.ts';

/** A call as S3 understands it; an empty bucket or key is an absent one. */
export interface S3Request {
  readonly call: Call;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  /** The headers, and in their place the `x-amz-*` query parameters of a presigned URL. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What every operation works on. */
export interface S3Context {
  readonly cloud: Cloud;
  readonly store: S3Store;
}

/** ARN of a bucket or, with a key, of an object. */
export const s3Arn = (bucket: string, key?: string): string =>
  `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;

/**
 * Finds bucket and key in a call: path-style (`/bucket/key`) or virtual-host-style (`bucket.localhost/key`).
 * Throws `InvalidURI` for a path that is not percent-encoded UTF-8.
 */
export const parseRequest = (call: Call, endpoint: string): S3Request => {
  const { searchParams: query, pathname } = call.url;
  const hostBucket = bucketOfHost(call.headers['host'] ?? call.url.host, new URL(endpoint).hostname);
  const path = decodePath(pathname.slice(1));
  const slash = path.indexOf('/');
  const bucket = hostBucket ?? (slash < 0 ? path : path.slice(0, slash));
  const key = hostBucket !== undefined ? path : slash < 0 ? '' : path.slice(slash + 1);
  if (key !== '') checkKey(key);
  checkExpiry(query);
  return { call, bucket, key, query, headers: { ...amzParameters(query), ...call.headers } };
};

/**
 * Throws `InvalidURI` for a request target whose path has `.` or `..` segments. `URL` resolves those silently, so
 * whoever makes a `Call` must ask before: the request would reach another key than the client named.
 *
 * @example
 * refuseDotSegments('/lake/a/../b'); // throws InvalidURI
 */
export const refuseDotSegments = (target: string): void => {
  const path = target.split(/[?#]/, 1)[0]!;
  const dotted = path.split(/[/\\]/).some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
  if (!dotted) return;
  const message =
    'The local cloud does not take keys with "." or ".." segments over HTTP: URLs resolve them.';
  throw new AwsError('InvalidURI', message, 400, { URI: path });
};

// localhost, an address of digits, S3's own names; each may stand behind `s3.`, and a bucket's name before that.
const bucketOfHost = (hostHeader: string, endpointHost: string): string | undefined => {
  const host = hostHeader.replace(/:\d+$/, '').toLowerCase();
  for (const base of [endpointHost.toLowerCase(), '127.0.0.1', 'localhost']) {
    if (host === base || host === `s3.${base}`) return undefined;
    if (host.endsWith(`.s3.${base}`)) return host.slice(0, -base.length - 4);
    if (host.endsWith(`.${base}`)) return host.slice(0, -base.length - 1);
  }
  return undefined;
};

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError(
      'InvalidURI',
      "Couldn't parse the specified URI: it is not percent-encoded UTF-8.",
      400,
    );
  }
};

const amzParameters = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries(
    [...query]
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => name.startsWith('x-amz-')),
  );

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
const checkExpiry = (query: URLSearchParams): void => {
  const end = expiryOf(query);
  if (end === undefined || Date.now() <= end) return;
  const fields = { Expires: new Date(end).toISOString() };
  throw new AwsError('AccessDenied', 'Request has expired', 403, fields);
};

/** When a presigned URL ends, in epoch milliseconds: of a signature of version 4, or of version 2 as boto3 makes them. */
const expiryOf = (query: URLSearchParams): number | undefined => {
  const older = query.get('Expires');
  if (query.has('AWSAccessKeyId') && older !== null) return Number(older) * 1000;
  const seconds = query.get('X-Amz-Expires');
  const signed = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
  if (seconds === null || !signed) return undefined;
  const [, year, month, day, hour, minute, second] = signed.map(Number);
  return Date.UTC(year!, month! - 1, day, hour, minute, second) + Number(seconds) * 1000;
};
