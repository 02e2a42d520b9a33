import type { Call } from '../service.ts';

const OBJECT: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  PUT: 'PutObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};

const UPLOAD: Readonly<Record<string, string>> = {
  POST: 'CompleteMultipartUpload',
  PUT: 'UploadPart',
  GET: 'ListParts',
  DELETE: 'AbortMultipartUpload',
};

const BUCKET: Readonly<Record<string, string>> = {
  GET: 'ListObjectsV2',
  POST: 'DeleteObjects',
  PUT: 'CreateBucket',
  HEAD: 'HeadBucket',
  DELETE: 'DeleteBucket',
};

const s3Operation = ({ method, url, headers }: Call): string => {
  if (/^\/[^/]*\/?$/.test(url.pathname)) return BUCKET[method] ?? method;
  if (url.searchParams.has('uploadId')) return UPLOAD[method] ?? method;
  if (method === 'POST') return 'CreateMultipartUpload';
  return headers['x-amz-copy-source'] === undefined ? (OBJECT[method] ?? method) : 'CopyObject';
};

/** The operation a call asks a service for, as fault plans name it. */
export const operationOf = (service: string, call: Call): string => {
  const name = call.headers['x-amz-target']?.split('.').at(-1);
  return `${service}:${name ?? (service === 's3' ? s3Operation(call) : 'Other')}`;
};
