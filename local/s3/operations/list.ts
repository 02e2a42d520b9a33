import type { Answer } from '../../service.ts';
import { invalidArgument } from '../errors.ts';
import { collectPage, type Page } from '../list-page.ts';
import { afterKey, afterPrefix } from '../object-index.ts';
import { s3Arn, type S3Context, type S3Request } from '../request.ts';
import type { ObjectInfo } from '../store.ts';
import { element, isoSeconds, optional, s3Document, type Xml } from '../xml.ts';
import { xmlAnswer } from './buckets.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const listObjectsV2 = (request: S3Request, context: S3Context): Answer => {
  const { query } = request;
  const token = query.get('continuation-token') ?? undefined;
  const startAfter = query.get('start-after') ?? undefined;
  const from = token === undefined ? afterText(startAfter) : positionOf(token);
  const asked = listing(request);
  const page = collect(request, context, from, asked);
  const owner = query.get('fetch-owner') === 'true' ? ownerOf(context) : undefined;
  return xmlAnswer(
    s3Document('ListBucketResult', [
      ...common(request, asked, page),
      element('KeyCount', page.objects.length + page.prefixes.length),
      optional('ContinuationToken', token),
      optional('NextContinuationToken', page.next && tokenOf(page.next)),
      optional('StartAfter', startAfter && asked.encode(startAfter)),
      ...entries(page, asked, owner),
    ]),
  );
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export const listObjects = (request: S3Request, context: S3Context): Answer => {
  const asked = listing(request);
  const marker = request.query.get('marker') ?? '';
  const isPrefix = asked.delimiter !== '' && marker.endsWith(asked.delimiter);
  const from = isPrefix ? afterPrefix(Buffer.from(marker)) : afterText(marker);
  const page = collect(request, context, from, asked);
  const last =
    page.last !== undefined && page.next && asked.delimiter !== '' ? asked.encode(page.last) : undefined;
  return xmlAnswer(
    s3Document('ListBucketResult', [
      ...common(request, asked, page),
      element('Marker', asked.encode(marker)),
      optional('NextMarker', last),
      ...entries(page, asked, ownerOf(context)),
    ]),
  );
};

/** What a request to list keys has in common with every other. */
export interface Listing {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly encode: (text: string) => string;
}

/** A whole number of a query parameter, capped at 1000 as S3 does. Throws `InvalidArgument`. */
export const limitOf = (query: URLSearchParams, name: string): number => {
  const text = query.get(name);
  if (text === null || text === '') return 1000;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2_147_483_647) {
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  }
  return Math.min(1000, Number(text));
};

/** How keys are written into the answer: as they are, or percent-encoded for `encoding-type=url`. */
export const encoderOf = (query: URLSearchParams): ((text: string) => string) => {
  const type = query.get('encoding-type');
  if (type === null || type === '') return (text) => text;
  if (type !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type);
  return (text) =>
    encodeURIComponent(text)
      .replaceAll(/[!'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%2F', '/')
      .replaceAll('%20', '+');
};

const listing = ({ query }: S3Request): Listing => ({
  prefix: query.get('prefix') ?? '',
  delimiter: query.get('delimiter') ?? '',
  maxKeys: limitOf(query, 'max-keys'),
  encode: encoderOf(query),
});

const collect = (
  request: S3Request,
  { store }: S3Context,
  from: Buffer,
  asked: Listing,
): Page<ObjectInfo> => {
  request.call.authorize('s3:ListBucket', s3Arn(request.bucket));
  store.bucket(request.bucket);
  const scan = (start: Buffer) => store.scan(request.bucket, asked.prefix, start);
  return collectPage(scan, { ...asked, from });
};

const common = ({ bucket, query }: S3Request, asked: Listing, page: Page<ObjectInfo>) => [
  element('Name', bucket),
  element('Prefix', asked.encode(asked.prefix)),
  optional('Delimiter', asked.delimiter === '' ? undefined : asked.encode(asked.delimiter)),
  optional('EncodingType', query.get('encoding-type') || undefined),
  element('MaxKeys', asked.maxKeys),
  element('IsTruncated', String(page.next !== undefined)),
];

const entries = (page: Page<ObjectInfo>, asked: Listing, owner: Xml | undefined) => [
  ...page.objects.map((info) => contents(info, asked, owner)),
  ...page.prefixes.map((prefix) => element('CommonPrefixes', [element('Prefix', asked.encode(prefix))])),
];

const contents = (info: ObjectInfo, asked: Listing, owner: Xml | undefined): Xml =>
  element('Contents', [
    element('Key', asked.encode(info.key)),
    element('LastModified', isoSeconds(info.lastModified)),
    element('ETag', `"${info.etag}"`),
    optional('ChecksumAlgorithm', info.checksum?.algorithm),
    optional('ChecksumType', info.checksum?.type),
    element('Size', info.size),
    owner,
    element('StorageClass', 'STANDARD'),
  ]);

const ownerOf = ({ cloud }: S3Context): Xml => element('Owner', [element('ID', cloud.account)]);

const afterText = (text: string | undefined): Buffer =>
  text ? afterKey(Buffer.from(text)) : Buffer.alloc(0);

const tokenOf = (position: Buffer): string => `1${position.toString('base64url')}`;

const positionOf = (token: string): Buffer => {
  const position = Buffer.from(token.slice(1), 'base64url');
  if (tokenOf(position) === token) return position;
  throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
};
