import { closeSync, createReadStream } from 'node:fs';
import type { Answer } from '../../service.ts';
import { readCondition } from '../conditions.ts';
import { noSuchKey } from '../errors.ts';
import { checksumHeaders, headersOf, validatorsOf, wantsChecksum } from '../object-headers.ts';
import { parseRange, type ByteRange } from '../range.ts';
import { s3Arn, type S3Context, type S3Request } from '../request.ts';
import type { ObjectInfo, OpenObject, S3Store } from '../store.ts';

/** Streams from the file. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export const getObject = (request: S3Request, { store }: S3Context): Answer => {
  const opened = openAllowed(request, store);
  try {
    const { status, headers, range } = answerHead(request, opened.info);
    const empty = status === 304 || opened.info.size === 0;
    if (!empty) return { status, headers, body: createReadStream('', { fd: opened.fd, ...range }) };
    closeSync(opened.fd);
    return { status, headers, body: '' };
  } catch (error) {
    closeSync(opened.fd);
    throw error;
  }
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export const headObject = (request: S3Request, { store }: S3Context): Answer => {
  request.call.authorize('s3:GetObject', s3Arn(request.bucket, request.key));
  const info = store.head(request.bucket, request.key);
  if (!info) throw missing(request);
  const { status, headers } = answerHead(request, info);
  return { status, headers };
};

/** Opens an object for a caller that may read it; also the source of copies. */
export const openAllowed = (
  request: Pick<S3Request, 'call' | 'bucket' | 'key'>,
  store: S3Store,
): OpenObject => {
  request.call.authorize('s3:GetObject', s3Arn(request.bucket, request.key));
  if (!store.head(request.bucket, request.key)) throw missing(request);
  return store.open(request.bucket, request.key);
};

// Who may not list a bucket is not told whether a key exists: the refusal of that takes the place of NoSuchKey.
const missing = ({ call, bucket, key }: Pick<S3Request, 'call' | 'bucket' | 'key'>) => {
  call.authorize('s3:ListBucket', s3Arn(bucket));
  return noSuchKey(key);
};

interface AnswerHead {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly range?: ByteRange | undefined;
}

const answerHead = (request: S3Request, info: ObjectInfo): AnswerHead => {
  if (readCondition(request.headers, info) === 'not-modified')
    return { status: 304, headers: validatorsOf(info) };
  const range = parseRange(request.headers['range'], info.size);
  const headers = headersOf(info, request.query);
  if (range) {
    headers['content-length'] = String(range.end - range.start + 1);
    headers['content-range'] = `bytes ${range.start}-${range.end}/${info.size}`;
    return { status: 206, headers, range };
  }
  headers['content-length'] = String(info.size);
  return {
    status: 200,
    headers: { ...headers, ...(wantsChecksum(request) && checksumHeaders(info.checksum)) },
  };
};
