import type { Answer } from '../service.ts';
import { notImplemented } from './errors.ts';
import { OVERRIDES } from './object-headers.ts';
import * as buckets from './operations/buckets.ts';
import { completeMultipartUpload } from './operations/complete.ts';
import { copyObject } from './operations/copy.ts';
import { listObjects, listObjectsV2 } from './operations/list.ts';
import * as multipart from './operations/multipart.ts';
import { getObject, headObject } from './operations/read.ts';
import { listMultipartUploads } from './operations/uploads.ts';
import { deleteObject, deleteObjects, putObject } from './operations/write.ts';
import type { S3Context, S3Request } from './request.ts';

type Run = (request: S3Request, context: S3Context) => Answer | Promise<Answer>;

/** One operation and the requests that mean it: all of `marks` in the query (`name` or `name=value`), and `header`. */
interface Route {
  readonly on: 'service' | 'bucket' | 'object';
  readonly method: string;
  readonly marks: readonly string[];
  readonly header?: string;
  /** Further query parameters it understands. */
  readonly takes: readonly string[];
  readonly run: Run;
}

const route = (
  line: string,
  run: Run,
  { marks = [], takes = [], header }: { marks?: string[]; takes?: string[]; header?: string } = {},
): Route => {
  const [method, on] = line.split(' ') as [string, Route['on']];
  return { method, on, marks, takes, run, ...(header && { header }) };
};

const LIST = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const COPY = 'x-amz-copy-source';
const READ = { takes: ['versionId', ...OVERRIDES] };

// The first that fits answers, so the more specific stand first.
const ROUTES: readonly Route[] = [
  route('GET service', buckets.listBuckets, {
    takes: ['prefix', 'max-buckets', 'continuation-token', 'bucket-region'],
  }),
  route('HEAD bucket', buckets.headBucket),
  route('PUT bucket', buckets.createBucket),
  route('DELETE bucket', buckets.deleteBucket),
  route('POST bucket', deleteObjects, { marks: ['delete'] }),
  route('GET bucket', buckets.getBucketLocation, { marks: ['location'] }),
  route('GET bucket', listMultipartUploads, {
    marks: ['uploads'],
    takes: ['prefix', 'delimiter', 'key-marker', 'upload-id-marker', 'max-uploads', 'encoding-type'],
  }),
  route('GET bucket', listObjectsV2, {
    marks: ['list-type=2'],
    takes: [...LIST, 'continuation-token', 'start-after', 'fetch-owner'],
  }),
  route('GET bucket', listObjects, { takes: [...LIST, 'marker'] }),
  route('POST object', multipart.createMultipartUpload, { marks: ['uploads'] }),
  route('POST object', completeMultipartUpload, { marks: ['uploadId'] }),
  route('PUT object', multipart.uploadPartCopy, { marks: ['uploadId', 'partNumber'], header: COPY }),
  route('PUT object', multipart.uploadPart, { marks: ['uploadId', 'partNumber'] }),
  route('GET object', multipart.listParts, {
    marks: ['uploadId'],
    takes: ['max-parts', 'part-number-marker', 'encoding-type'],
  }),
  route('DELETE object', multipart.abortMultipartUpload, { marks: ['uploadId'] }),
  route('PUT object', copyObject, { header: COPY }),
  route('PUT object', putObject),
  route('GET object', getObject, READ),
  route('HEAD object', headObject, READ),
  route('DELETE object', deleteObject, { takes: ['versionId'] }),
];

/**
 * The operation a request means. Throws `NotImplemented` naming the subresource, query parameter or method that no
 * operation here understands: to ignore one would be to answer another question.
 */
export const operationFor = (request: S3Request): Run => {
  const on = request.key !== '' ? 'object' : request.bucket !== '' ? 'bucket' : 'service';
  const found = ROUTES.find((candidate) => candidate.on === on && fits(candidate, request));
  const method = request.call.method;
  const unknown = [...request.query.keys()].find((name) => !isUnderstood(name, found));
  if (unknown !== undefined) throw notImplemented(`"${unknown}" with ${method} on a ${on}`);
  if (!found) throw notImplemented(`${method} on a ${on}`);
  const version = request.query.get('versionId') ?? 'null';
  if (version !== 'null') throw notImplemented('object versions');
  return found.run;
};

const fits = ({ method, marks, header }: Route, { call, query, headers }: S3Request): boolean =>
  method === call.method &&
  marks.every((mark) => {
    const [name = '', value] = mark.split('=');
    return value === undefined ? query.has(name) : query.get(name) === value;
  }) &&
  (header === undefined || headers[header] !== undefined);

// What signs a URL: version 4 has names below x-amz-, version 2 these.
const SIGNATURE = new Set(['x-id', 'AWSAccessKeyId', 'Signature', 'Expires']);

const isUnderstood = (name: string, found: Route | undefined): boolean =>
  SIGNATURE.has(name) ||
  name.toLowerCase().startsWith('x-amz-') ||
  (found !== undefined &&
    (found.takes.includes(name) || found.marks.some((mark) => mark.split('=')[0] === name)));
