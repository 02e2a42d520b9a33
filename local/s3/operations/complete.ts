import { createHash } from 'node:crypto';
import { AwsError, type Answer } from '../../service.ts';
import { checksumOf, type Checksum } from '../checksums.ts';
import { writeCondition } from '../conditions.ts';
import { invalidRequest } from '../errors.ts';
import { encryptionOf } from '../object-headers.ts';
import { badDigest, checksumHeader, receiveText } from '../payload.ts';
import { s3Arn, type S3Context, type S3Request } from '../request.ts';
import type { Staged } from '../store.ts';
import type { Part, Upload } from '../uploads.ts';
import { childText, element, parseXml, s3Document, type Node } from '../xml.ts';
import { xmlAnswer } from './buckets.ts';
import { findUpload } from './multipart.ts';

/** S3's least size of every part but the last. */
const MIN_PART_BYTES = 5 * 1024 ** 2;

/**
 * Joins the parts into the object, whose ETag is the MD5 of the parts' MD5s and their number.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export const completeMultipartUpload = async (request: S3Request, context: S3Context): Promise<Answer> => {
  const { call, bucket, key, headers } = request;
  const { store, cloud } = context;
  call.authorize('s3:PutObject', s3Arn(bucket, key));
  const upload = findUpload(request, context);
  const precondition = writeCondition(headers, key);
  // The checksum header of this call is the object's, not that of the XML it sends.
  const { text } = await receiveText({ ...request, headers: {} });
  const parts = namedParts(parseXml(text), store.uploads.parts(upload), upload);
  precondition(store.head(bucket, key));
  const body = await store.stage(store.uploads.content(upload, parts), [upload.algorithm]);
  try {
    const checksum = objectChecksum(upload, parts, body);
    verifyObject(headers, body, checksum);
    findUpload(request, context);
    const options = { meta: upload.meta, etag: multipartEtag(parts), checksum, precondition };
    const info = store.commit(bucket, key, body, { ...options, also: () => store.uploads.forget(upload) });
    store.uploads.removeFiles(upload);
    const children = [
      element('Location', `${cloud.endpoint}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`),
      element('Bucket', bucket),
      element('Key', key),
      element('ETag', `"${info.etag}"`),
      element(`Checksum${checksum.algorithm}`, checksum.value),
      element('ChecksumType', checksum.type),
    ];
    return xmlAnswer(s3Document('CompleteMultipartUploadResult', children), encryptionOf(upload.meta));
  } catch (error) {
    await store.discard(body);
    throw error;
  }
};

const namedParts = (root: Node, stored: readonly Part[], upload: Upload): Part[] => {
  const named = root.children.filter(({ name }) => name === 'Part');
  if (root.name !== 'CompleteMultipartUpload' || named.length === 0) {
    throw new AwsError('MalformedXML', 'A CompleteMultipartUpload document names at least one part.', 400);
  }
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const numbers = named.map((part) => Number(childText(part, 'PartNumber')));
  if (numbers.some((number, index) => index > 0 && number <= numbers[index - 1]!)) {
    throw new AwsError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
      400,
    );
  }
  const parts = named.map((part, index) => checkPart(part, byNumber.get(numbers[index]!), upload));
  const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES);
  if (!small) return parts;
  const fields = {
    ProposedSize: small.size,
    MinSizeAllowed: MIN_PART_BYTES,
    PartNumber: small.number,
    ETag: small.etag,
  };
  throw new AwsError(
    'EntityTooSmall',
    'Your proposed upload is smaller than the minimum allowed size',
    400,
    fields,
  );
};

const checkPart = (named: Node, stored: Part | undefined, upload: Upload): Part => {
  const etag = childText(named, 'ETag')?.replaceAll('"', '');
  const checksum = childText(named, `Checksum${upload.algorithm}`);
  if (stored && stored.etag === etag && (checksum === undefined || checksum === stored.checksum))
    return stored;
  const message =
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
  const fields = { UploadId: upload.id, PartNumber: childText(named, 'PartNumber') ?? '', ETag: etag ?? '' };
  throw new AwsError('InvalidPart', message, 400, fields);
};

const multipartEtag = (parts: readonly Part[]): string => {
  const md5s = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
  return `${createHash('md5').update(md5s).digest('hex')}-${parts.length}`;
};

const objectChecksum = (
  { algorithm, checksumType }: Upload,
  parts: readonly Part[],
  body: Staged,
): Checksum => {
  if (checksumType === 'FULL_OBJECT')
    return { algorithm, type: checksumType, value: body.checksums.get(algorithm)! };
  const joined = Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum, 'base64')));
  return { algorithm, type: checksumType, value: `${checksumOf(algorithm, joined)}-${parts.length}` };
};

const verifyObject = (headers: S3Request['headers'], body: Staged, checksum: Checksum): void => {
  const given = checksumHeader(headers);
  if (
    given &&
    (given.algorithm !== checksum.algorithm || withoutCount(given.value) !== withoutCount(checksum.value))
  ) {
    throw badDigest(given.algorithm);
  }
  const size = headers['x-amz-mp-object-size'];
  if (size === undefined || Number(size) === body.size) return;
  throw invalidRequest(
    `The provided 'x-amz-mp-object-size' header value ${size} does not match what was computed: ${body.size}`,
  );
};

const withoutCount = (value: string): string => value.replace(/-\d+$/, '');
