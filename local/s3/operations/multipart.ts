import type { Answer } from '../../service.ts';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../checksums.ts';
import { invalidArgument, invalidRequest } from '../errors.ts';
import { encryptionOf, metaOf } from '../object-headers.ts';
import { algorithmNamed, checksumName, receiveBody } from '../payload.ts';
import { s3Arn, type S3Context, type S3Request } from '../request.ts';
import type { Part, Upload } from '../uploads.ts';
import { element, isoSeconds, optional, s3Document } from '../xml.ts';
import { xmlAnswer } from './buckets.ts';
import { copyResult, stageSource } from './copy.ts';
import { encoderOf, limitOf } from './list.ts';
import { DEFAULT_ALGORITHM } from './write.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export const createMultipartUpload = (
  { call, bucket, key, headers }: S3Request,
  { store }: S3Context,
): Answer => {
  call.authorize('s3:PutObject', s3Arn(bucket, key));
  store.bucket(bucket);
  const meta = metaOf(headers);
  const upload = store.uploads.begin({ bucket, key, meta, ...checksumChoice(headers) });
  const ids = [element('Bucket', bucket), element('Key', key), element('UploadId', upload.id)];
  const chosen = upload.algorithmChosen && {
    'x-amz-checksum-algorithm': upload.algorithm,
    'x-amz-checksum-type': upload.checksumType,
  };
  return xmlAnswer(s3Document('InitiateMultipartUploadResult', ids), { ...chosen, ...encryptionOf(meta) });
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export const uploadPart = async (request: S3Request, { store }: S3Context): Promise<Answer> => {
  const { call, bucket, key } = request;
  call.authorize('s3:PutObject', s3Arn(bucket, key));
  const number = partNumber(request.query);
  const upload = findUpload(request, { store });
  const { body, algorithm } = await receiveBody(request, store, () => upload.algorithm);
  try {
    checkPartAlgorithm(upload, algorithm);
    const part = store.uploads.addPart(upload, number, body);
    const sent = algorithm && { [checksumName(algorithm)]: body.checksums.get(algorithm)! };
    return { status: 200, headers: { etag: `"${part.etag}"`, ...sent, ...encryptionOf(upload.meta) } };
  } catch (error) {
    await store.discard(body);
    throw error;
  }
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export const uploadPartCopy = async (request: S3Request, context: S3Context): Promise<Answer> => {
  const { call, bucket, key } = request;
  call.authorize('s3:PutObject', s3Arn(bucket, key));
  const number = partNumber(request.query);
  const upload = findUpload(request, context);
  const { body } = await stageSource(request, context, () => upload.algorithm);
  try {
    const part = context.store.uploads.addPart(upload, number, body);
    const checksum: Checksum = { algorithm: upload.algorithm, value: part.checksum, type: 'FULL_OBJECT' };
    return xmlAnswer(
      s3Document('CopyPartResult', copyResult(part.etag, new Date(part.modified), checksum).slice(0, 3)),
    );
  } catch (error) {
    await context.store.discard(body);
    throw error;
  }
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export const abortMultipartUpload = (request: S3Request, { store }: S3Context): Answer => {
  request.call.authorize('s3:AbortMultipartUpload', s3Arn(request.bucket, request.key));
  store.uploads.abort(findUpload(request, { store }));
  return { status: 204 };
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export const listParts = (request: S3Request, { cloud, store }: S3Context): Answer => {
  request.call.authorize('s3:ListMultipartUploadParts', s3Arn(request.bucket, request.key));
  const upload = findUpload(request, { store });
  const limit = limitOf(request.query, 'max-parts');
  const marker = Number(request.query.get('part-number-marker') ?? 0);
  const rest = store.uploads.parts(upload).filter(({ number }) => number > marker);
  const page = rest.slice(0, limit);
  const truncated = rest.length > page.length;
  const owner = [element('ID', cloud.account)];
  return xmlAnswer(
    s3Document('ListPartsResult', [
      element('Bucket', upload.bucket),
      element('Key', encoderOf(request.query)(upload.key)),
      element('UploadId', upload.id),
      element('Initiator', owner),
      element('Owner', owner),
      element('StorageClass', 'STANDARD'),
      element('ChecksumAlgorithm', upload.algorithm),
      element('ChecksumType', upload.checksumType),
      element('PartNumberMarker', marker),
      optional('NextPartNumberMarker', truncated ? page.at(-1)?.number : undefined),
      element('MaxParts', limit),
      element('IsTruncated', String(truncated)),
      ...page.map((part) => partElement(part, upload)),
    ]),
  );
};

/** The upload a request names. Throws `NoSuchBucket` and `NoSuchUpload`. */
export const findUpload = (
  { bucket, key, query }: S3Request,
  { store }: Pick<S3Context, 'store'>,
): Upload => {
  store.bucket(bucket);
  return store.uploads.find(bucket, key, query.get('uploadId') ?? '');
};

const partElement = (part: Part, upload: Upload) =>
  element('Part', [
    element('PartNumber', part.number),
    element('LastModified', isoSeconds(new Date(part.modified))),
    element('ETag', `"${part.etag}"`),
    element('Size', part.size),
    element(`Checksum${upload.algorithm}`, part.checksum),
  ]);

const partNumber = (query: URLSearchParams): number => {
  const text = query.get('partNumber') ?? '';
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000) return Number(text);
  throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text);
};

const checkPartAlgorithm = (upload: Upload, sent: ChecksumAlgorithm | undefined): void => {
  if (!upload.algorithmChosen || sent === undefined || sent === upload.algorithm) return;
  const types = `expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${sent.toLowerCase()}`;
  throw invalidRequest(`Checksum Type mismatch occurred, ${types}`);
};

type Choice = Pick<Upload, 'algorithm' | 'algorithmChosen' | 'checksumType'>;

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
const checksumChoice = (headers: S3Request['headers']): Choice => {
  const named = headers['x-amz-checksum-algorithm'];
  const algorithm =
    named === undefined ? DEFAULT_ALGORITHM : algorithmNamed(named, 'x-amz-checksum-algorithm');
  const fallback = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  const checksumType = (headers['x-amz-checksum-type'] ?? fallback) as ChecksumType;
  const possible = algorithm.startsWith('SHA')
    ? ['COMPOSITE']
    : algorithm === 'CRC64NVME'
      ? ['FULL_OBJECT']
      : ['COMPOSITE', 'FULL_OBJECT'];
  if (possible.includes(checksumType))
    return { algorithm, algorithmChosen: named !== undefined, checksumType };
  throw invalidRequest(
    `The ${checksumType} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
};
