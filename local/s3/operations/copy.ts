import { closeSync, createReadStream } from 'node:fs';
import type { Answer } from '../../service.ts';
import { checkCopySource, writeCondition } from '../conditions.ts';
import { invalidArgument, invalidRequest, notImplemented } from '../errors.ts';
import { encryptionOf, metaOf } from '../object-headers.ts';
import { algorithmNamed } from '../payload.ts';
import { parseRange } from '../range.ts';
import { s3Arn, type S3Context, type S3Request } from '../request.ts';
import type { ChecksumAlgorithm, Checksum } from '../checksums.ts';
import type { ObjectInfo, ObjectMeta, Staged } from '../store.ts';
import { element, isoSeconds, s3Document, type Xml } from '../xml.ts';
import { xmlAnswer } from './buckets.ts';
import { openAllowed } from './read.ts';
import { DEFAULT_ALGORITHM, fullChecksum } from './write.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const copyObject = async (request: S3Request, context: S3Context): Promise<Answer> => {
  const { call, bucket, key, headers } = request;
  call.authorize('s3:PutObject', s3Arn(bucket, key));
  const { store } = context;
  store.bucket(bucket);
  const precondition = writeCondition(headers, key);
  const replacing = directive(headers['x-amz-metadata-directive']) === 'REPLACE';
  const asked = metaOf(headers);
  const { info, body } = await stageSource(request, context, (source) => {
    if (source.bucket === bucket && source.key === key && !replacing) throw copyOntoItself();
    return copyAlgorithm(headers, source);
  });
  const meta: ObjectMeta = replacing ? asked : { ...info.meta, ...encryptionMeta(asked) };
  const checksum = fullChecksum(body, copyAlgorithm(headers, info));
  try {
    const copied = store.commit(bucket, key, body, { meta, checksum, precondition });
    const children = copyResult(copied.etag, copied.lastModified, checksum);
    return xmlAnswer(s3Document('CopyObjectResult', children), encryptionOf(meta));
  } catch (error) {
    await store.discard(body);
    throw error;
  }
};

/**
 * Brings the object named by `x-amz-copy-source` (a range of it, if the request names one) into a staged file,
 * once the caller may read it and its conditions hold.
 */
export const stageSource = async (
  request: S3Request,
  { store }: S3Context,
  algorithmFor: (source: ObjectInfo) => ChecksumAlgorithm,
): Promise<{ info: ObjectInfo; body: Staged }> => {
  const { call, headers } = request;
  const { info, fd } = openAllowed({ call, ...sourceOf(headers['x-amz-copy-source']!) }, store);
  let algorithm: ChecksumAlgorithm;
  let range: { start: number; end: number } | undefined;
  try {
    checkCopySource(headers, info);
    algorithm = algorithmFor(info);
    range = parseRange(headers['x-amz-copy-source-range'], info.size);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const body = await store.stage(createReadStream('', { fd, highWaterMark: 1 << 20, ...range }), [algorithm]);
  return { info, body };
};

/** The elements of a copy's answer. */
export const copyResult = (etag: string, modified: Date, checksum: Checksum): Xml[] => [
  element('LastModified', isoSeconds(modified)),
  element('ETag', `"${etag}"`),
  element(`Checksum${checksum.algorithm}`, checksum.value),
  element('ChecksumType', checksum.type),
];

const sourceOf = (header: string): { bucket: string; key: string } => {
  const [path = '', search] = header.replace(/^\//, '').split('?', 2);
  const version = new URLSearchParams(search ?? '').get('versionId') ?? 'null';
  if (version !== 'null') throw notImplemented('object versions');
  const decoded = decode(path, header);
  const slash = decoded.indexOf('/');
  const source = { bucket: decoded.slice(0, Math.max(0, slash)), key: decoded.slice(slash + 1) };
  if (source.bucket !== '' && source.key !== '') return source;
  throw badSource(header);
};

const decode = (path: string, header: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badSource(header);
  }
};

const badSource = (header: string) =>
  invalidArgument(
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    'x-amz-copy-source',
    header,
  );

const directive = (value = 'COPY'): string => {
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw invalidArgument('Unknown metadata directive.', 'x-amz-metadata-directive', value);
};

const copyOntoItself = () =>
  invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );

const copyAlgorithm = (headers: S3Request['headers'], source: ObjectInfo): ChecksumAlgorithm => {
  const named = headers['x-amz-checksum-algorithm'];
  if (named !== undefined) return algorithmNamed(named, 'x-amz-checksum-algorithm');
  return source.checksum?.algorithm ?? DEFAULT_ALGORITHM;
};

const encryptionMeta = ({ serverSideEncryption }: ObjectMeta): ObjectMeta =>
  serverSideEncryption ? { serverSideEncryption } : {};
