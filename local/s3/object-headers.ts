import { AwsError } from '../service.ts';
import type { Checksum } from './checksums.ts';
import { invalidArgument, notImplemented } from './errors.ts';
import { checksumName } from './payload.ts';
import type { S3Request } from './request.ts';
import type { ObjectInfo, ObjectMeta } from './store.ts';

type Headers = Readonly<Record<string, string>>;

/** Name in `ObjectMeta`, header, query parameter that overrides it in an answer. */
const SYSTEM_METADATA = [
  ['contentType', 'content-type', 'response-content-type'],
  ['contentEncoding', 'content-encoding', 'response-content-encoding'],
  ['cacheControl', 'cache-control', 'response-cache-control'],
  ['contentDisposition', 'content-disposition', 'response-content-disposition'],
  ['contentLanguage', 'content-language', 'response-content-language'],
  ['expires', 'expires', 'response-expires'],
] as const;

/** The query parameters that override headers of an answer. */
export const OVERRIDES: readonly string[] = SYSTEM_METADATA.map(([, , parameter]) => parameter);

const USER_PREFIX = 'x-amz-meta-';

/** S3's limit on user metadata: names and values together, in bytes. */
const MAX_USER_METADATA = 2048;

/**
 * The metadata of a write, from its headers; `aws-chunked` is the transfer's encoding and not the object's.
 * Throws `MetadataTooLarge`, and `NotImplemented` for what would be stored but not honoured.
 */
export const metaOf = (headers: Headers): ObjectMeta => {
  refuseUnsupported(headers);
  const encoding = withoutAwsChunked(headers['content-encoding']);
  const system = SYSTEM_METADATA.map(([name, header]) => [
    name,
    header === 'content-encoding' ? encoding : headers[header],
  ]);
  const user = Object.entries(headers)
    .filter(([name]) => name.startsWith(USER_PREFIX))
    .map(([name, value]) => [name.slice(USER_PREFIX.length), value] as const);
  const nameless = user.find(([name]) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name));
  if (nameless) throw invalidArgument('A metadata name is not a header name.', 'x-amz-meta', nameless[0]);
  const size = user.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (size > MAX_USER_METADATA) {
    const fields = { Size: size, MaxSizeAllowed: MAX_USER_METADATA };
    throw new AwsError(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      400,
      fields,
    );
  }
  return {
    ...Object.fromEntries(system.filter(([, value]) => value !== undefined)),
    ...(headers['x-amz-server-side-encryption'] && {
      serverSideEncryption: headers['x-amz-server-side-encryption'],
    }),
    ...(user.length > 0 && { userMetadata: Object.fromEntries(user) }),
  };
};

/** The headers of a GetObject or HeadObject answer, without those of its length. */
export const headersOf = (info: ObjectInfo, query: URLSearchParams): Record<string, string> => {
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    'content-type': 'binary/octet-stream',
    ...validatorsOf(info),
    ...encryptionOf(info.meta),
  };
  for (const [name, header, parameter] of SYSTEM_METADATA) {
    const value = query.get(parameter) ?? info.meta[name];
    if (value !== undefined) headers[header] = headerText(value);
  }
  for (const [name, value] of Object.entries(info.meta.userMetadata ?? {}))
    headers[USER_PREFIX + name] = headerText(value);
  return headers;
};

/** What an answer tells of a version of an object. */
export const validatorsOf = (info: ObjectInfo): Record<string, string> => ({
  etag: `"${info.etag}"`,
  'last-modified': info.lastModified.toUTCString(),
});

/** The echo of a write's encryption header. */
export const encryptionOf = (meta: ObjectMeta): Record<string, string> =>
  meta.serverSideEncryption ? { 'x-amz-server-side-encryption': meta.serverSideEncryption } : {};

/** The headers of a stored checksum. */
export const checksumHeaders = (checksum: Checksum | undefined): Record<string, string> =>
  checksum
    ? { [checksumName(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type }
    : {};

/** Whether the caller wants the stored checksum. */
export const wantsChecksum = (request: S3Request): boolean =>
  request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED';

// What a header cannot carry goes as an RFC 2047 encoded word, as S3 sends it.
const headerText = (value: string): string =>
  /^[\t\u0020-\u007e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;

const withoutAwsChunked = (encoding: string | undefined): string | undefined =>
  encoding
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part.toLowerCase() !== 'aws-chunked')
    .join(',') || undefined;

const REFUSED = [
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-write-offset-bytes',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write-acp',
];

const refuseUnsupported = (headers: Headers): void => {
  const refused = REFUSED.find((name) => headers[name] !== undefined);
  if (refused) throw notImplemented(`the header ${refused}`);
  const storage = headers['x-amz-storage-class'] ?? 'STANDARD';
  if (storage !== 'STANDARD') throw notImplemented(`the storage class ${storage}`);
  const encryption = headers['x-amz-server-side-encryption'];
  if (encryption?.startsWith('aws:')) throw notImplemented(`the server-side encryption ${encryption}`);
  if (encryption !== undefined && encryption !== 'AES256') {
    throw invalidArgument(
      'The encryption method specified is not supported',
      'x-amz-server-side-encryption',
      encryption,
    );
  }
  const acl = headers['x-amz-acl'] ?? 'bucket-owner-full-control';
  // Buckets own their objects by default, and then take no other ACL.
  if (acl !== 'bucket-owner-full-control') {
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs', 400);
  }
};
