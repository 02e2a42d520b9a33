import { AwsError, type Answer, type Call } from '../service.ts';
import { document, element } from './xml.ts';

export const noSuchBucket = (bucket: string): AwsError =>
  new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: bucket });

export const noSuchKey = (key: string): AwsError =>
  new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });

export const noSuchUpload = (uploadId: string): AwsError => {
  const message =
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
  return new AwsError('NoSuchUpload', message, 404, { UploadId: uploadId });
};

export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequest', message, 400);

export const invalidArgument = (message: string, name: string, value: string): AwsError =>
  new AwsError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: value });

/** What the local S3 does not do, named, instead of a plausible wrong answer. */
export const notImplemented = (what: string): AwsError =>
  new AwsError('NotImplemented', `The local S3 does not implement ${what}.`, 501);

export const preconditionFailed = (condition: string): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition: condition,
  });

/** What the file system lost: the index has the object, its file does not fit. */
export const damagedObject = (key: string, path: string): AwsError => {
  const message = `The file of "${key}" (${path}) was changed or removed outside the local cloud. Put the object again, or delete it.`;
  return new AwsError('InternalError', message, 500);
};

/**
 * An error in the shape S3 sends it; a HEAD gets the status alone, as HTTP demands.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 *
 * @example
 * s3Error(new AwsError('NoSuchKey', 'The specified key does not exist.', 404), call).status; // 404
 */
export const s3Error = (error: AwsError, call: Call): Answer => {
  const denied = error.code === 'AccessDeniedException';
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': call.id };
  const status = denied ? 403 : error.status;
  if (call.method === 'HEAD') return { status, headers };
  const details = Object.entries(error.fields).map(([name, value]) => element(name, String(value)));
  const code = denied ? 'AccessDenied' : error.code;
  const body = [element('Code', code), element('Message', error.message), ...details];
  const ids = [element('RequestId', call.id), element('HostId', call.id)];
  return { status, headers, body: document(element('Error', [...body, ...ids])) };
};
