import type { Answer } from '../../service.ts';
import type { Checksum, ChecksumAlgorithm } from '../checksums.ts';
import { writeCondition } from '../conditions.ts';
import { invalidRequest, notImplemented } from '../errors.ts';
import { checksumHeaders, encryptionOf, metaOf } from '../object-headers.ts';
import { receiveBody, receiveText } from '../payload.ts';
import { s3Arn, type S3Context, type S3Request } from '../request.ts';
import type { Staged } from '../store.ts';
import { AwsError } from '../../service.ts';
import { childText, element, optional, parseXml, s3Document, type Node, type Xml } from '../xml.ts';
import { xmlAnswer } from './buckets.ts';

/** S3 keeps this checksum of what comes without one. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = 'CRC64NVME';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export const putObject = async (request: S3Request, { store }: S3Context): Promise<Answer> => {
  const { call, bucket, key, headers } = request;
  call.authorize('s3:PutObject', s3Arn(bucket, key));
  const precondition = writeCondition(headers, key);
  const meta = metaOf(headers);
  precondition(store.head(bucket, key));
  const { body, algorithm } = await receiveBody(request, store, (sent = DEFAULT_ALGORITHM) => sent);
  const checksum = fullChecksum(body, algorithm ?? DEFAULT_ALGORITHM);
  try {
    const info = store.commit(bucket, key, body, { meta, checksum, precondition });
    return {
      status: 200,
      headers: { etag: `"${info.etag}"`, ...checksumHeaders(checksum), ...encryptionOf(meta) },
    };
  } catch (error) {
    await store.discard(body);
    throw error;
  }
};

/** The checksum of all bytes of a staged body. */
export const fullChecksum = (body: Staged, algorithm: ChecksumAlgorithm): Checksum => ({
  algorithm,
  value: body.checksums.get(algorithm)!,
  type: 'FULL_OBJECT',
});

/** Succeeds for a key that does not exist. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export const deleteObject = ({ call, bucket, key, headers }: S3Request, { store }: S3Context): Answer => {
  call.authorize('s3:DeleteObject', s3Arn(bucket, key));
  const condition = ['if-match', 'x-amz-if-match-last-modified-time', 'x-amz-if-match-size'].find(
    (name) => name in headers,
  );
  if (condition) throw notImplemented(`a delete with ${condition}`);
  store.remove(bucket, key);
  return { status: 204 };
};

/** Up to 1000 keys, each with its own verdict. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export const deleteObjects = async (request: S3Request, context: S3Context): Promise<Answer> => {
  const { text, checked } = await receiveText(request);
  if (!checked)
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  context.store.bucket(request.bucket);
  const root = parseXml(text);
  const objects = root.children.filter(({ name }) => name === 'Object');
  if (root.name !== 'Delete' || objects.length === 0 || objects.length > 1000) {
    throw new AwsError('MalformedXML', 'A Delete document names 1 to 1000 objects.', 400);
  }
  const quiet = childText(root, 'Quiet') === 'true';
  return xmlAnswer(
    s3Document(
      'DeleteResult',
      objects.map((object) => deleteOne(object, quiet, request, context)),
    ),
  );
};

const deleteOne = (
  object: Node,
  quiet: boolean,
  request: S3Request,
  { store }: S3Context,
): Xml | undefined => {
  const key = childText(object, 'Key') ?? '';
  const version = childText(object, 'VersionId');
  try {
    request.call.authorize('s3:DeleteObject', s3Arn(request.bucket, key));
    if (version !== undefined && version !== 'null') throw notImplemented('object versions');
    if (childText(object, 'ETag') !== undefined) throw notImplemented('a delete with an ETag');
    store.remove(request.bucket, key);
    return quiet ? undefined : element('Deleted', [element('Key', key), optional('VersionId', version)]);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const code = error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;
    return element('Error', [element('Key', key), element('Code', code), element('Message', error.message)]);
  }
};
