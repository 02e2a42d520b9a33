import type { Answer } from '../../service.ts';
import { notImplemented } from '../errors.ts';
import { s3Arn, type S3Context, type S3Request } from '../request.ts';
import { element, isoSeconds, optional, s3Document } from '../xml.ts';
import { xmlAnswer } from './buckets.ts';
import { encoderOf, limitOf } from './list.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export const listMultipartUploads = (
  { call, bucket, query }: S3Request,
  { cloud, store }: S3Context,
): Answer => {
  call.authorize('s3:ListBucketMultipartUploads', s3Arn(bucket));
  store.bucket(bucket);
  if (query.get('delimiter')) throw notImplemented('ListMultipartUploads with a delimiter');
  const [prefix, keyMarker, idMarker] = ['prefix', 'key-marker', 'upload-id-marker'].map(
    (name) => query.get(name) ?? '',
  );
  const all = store.uploads.ofBucket(bucket).filter(({ key }) => key.startsWith(prefix!));
  const rest = all.slice(startOf(all, keyMarker!, idMarker!));
  const limit = limitOf(query, 'max-uploads');
  const page = rest.slice(0, limit);
  const next = rest.length > page.length ? page.at(-1) : undefined;
  const encode = encoderOf(query);
  const owner = [element('ID', cloud.account)];
  const uploads = page.map((upload) =>
    element('Upload', [
      element('UploadId', upload.id),
      element('Key', encode(upload.key)),
      element('Initiator', owner),
      element('Owner', owner),
      element('StorageClass', 'STANDARD'),
      element('Initiated', isoSeconds(new Date(upload.initiated))),
      element('ChecksumAlgorithm', upload.algorithm),
      element('ChecksumType', upload.checksumType),
    ]),
  );
  return xmlAnswer(
    s3Document('ListMultipartUploadsResult', [
      element('Bucket', bucket),
      element('KeyMarker', encode(keyMarker!)),
      element('UploadIdMarker', idMarker!),
      optional('NextKeyMarker', next && encode(next.key)),
      optional('NextUploadIdMarker', next?.id),
      element('Prefix', encode(prefix!)),
      optional('EncodingType', query.get('encoding-type') || undefined),
      element('MaxUploads', limit),
      element('IsTruncated', String(next !== undefined)),
      ...uploads,
    ]),
  );
};

// With an upload id the page starts behind that upload, without one behind all uploads of the key.
const startOf = (
  all: readonly { key: string; id: string }[],
  keyMarker: string,
  idMarker: string,
): number => {
  const marked = all.findIndex(({ key, id }) => key === keyMarker && id === idMarker);
  if (marked >= 0) return marked + 1;
  const marker = Buffer.from(keyMarker);
  const above = all.findIndex(({ key }) => Buffer.compare(Buffer.from(key), marker) > 0);
  return above >= 0 ? above : all.length;
};
