import { CONTROL_PATH } from '../control/service.ts';

type Headers = Readonly<Record<string, string>>;

interface Scope {
  readonly accessKeyId: string;
  readonly service: string;
}

/** Reads `AKID/20260101/us-east-1/s3/aws4_request`. */
const parseScope = (credential: string): Scope | undefined => {
  const parts = credential.split('/');
  const service = parts.at(-2);
  return parts.length >= 5 && service ? { accessKeyId: parts[0] ?? '', service } : undefined;
};

const scopeOf = (headers: Headers, url: URL): Scope | undefined => {
  const inHeader = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1];
  const credential = inHeader ?? url.searchParams.get('X-Amz-Credential') ?? '';
  return parseScope(credential);
};

const TARGETS: Readonly<Record<string, string>> = {
  AmazonAthena: 'athena',
  AWSGlue: 'glue',
  AWSStepFunctions: 'states',
  DynamoDB_20120810: 'dynamodb',
  DynamoDBStreams_20120810: 'dynamodb',
  Firehose_20150804: 'firehose',
};

/**
 * The service a request is for: by the credential scope of its signature, else by its target, else S3, which alone
 * takes unsigned requests.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
 */
export const serviceOf = (headers: Headers, url: URL): string => {
  if (url.pathname.startsWith(CONTROL_PATH)) return 'tailrace';
  const target = TARGETS[headers['x-amz-target']?.split('.')[0] ?? ''];
  return target ?? scopeOf(headers, url)?.service ?? 's3';
};

/** The access key a request is signed with, or an empty text. */
export const accessKeyOf = (headers: Headers, url: URL): string => scopeOf(headers, url)?.accessKeyId ?? '';
