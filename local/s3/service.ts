import { AwsError, type Answer, type Call, type Cloud, type Service } from '../service.ts';
import { s3Error } from './errors.ts';
import { parseRequest, refuseDotSegments } from './request.ts';
import { operationFor } from './routes.ts';
import type { S3Store } from './store.ts';

export { s3Error } from './errors.ts';

/** Properties of a bucket that change what its objects are, and that the local S3 does not act on. Lifecycle is not among them: it only deletes later. */
const NOT_HONOURED = [
  'VersioningConfiguration',
  'NotificationConfiguration',
  'ReplicationConfiguration',
  'ObjectLockConfiguration',
  'WebsiteConfiguration',
];

/**
 * Serves S3's REST interface over the objects of a store, after creating the buckets of the deployed stacks.
 * Errors leave it as answers in S3's XML shape, never as exceptions. `close` leaves the store open: its owner
 * closes it.
 *
 * @example
 * const store = openObjectStore(cloud);
 * const s3 = startS3(cloud, store);
 * const answer = await s3.handle(call);
 */
export const startS3 = (cloud: Cloud, store: S3Store): Service => {
  for (const { ref, properties } of cloud.resources('AWS::S3::Bucket')) {
    store.createBucket(ref);
    const ignored = NOT_HONOURED.filter((name) => properties[name] !== undefined);
    if (ignored.length > 0)
      cloud.log('warn', 's3', `Bucket ${ref}: ${ignored.join(', ')} has no effect here.`);
  }
  return {
    name: 's3',
    handle: async (call) => {
      try {
        refuseDotSegments(call.target ?? call.url.pathname);
        const request = parseRequest(call, cloud.endpoint);
        return withIds(await operationFor(request)(request, { cloud, store }), call);
      } catch (error) {
        // What is left of the body must pass before the connection can carry another request.
        call.body.resume();
        return s3Error(asAwsError(error, call, cloud), call);
      }
    },
    close: async () => {},
  };
};

const withIds = (answer: Answer, call: Call): Answer => ({
  ...answer,
  headers: { 'x-amz-request-id': call.id, 'x-amz-id-2': call.id, ...answer.headers },
});

const asAwsError = (error: unknown, call: Call, cloud: Cloud): AwsError => {
  if (error instanceof AwsError) return error;
  if (call.body.errored)
    return new AwsError('RequestTimeout', 'The client went away before its body was complete.');
  const text = error instanceof Error ? error.message : String(error);
  cloud.log('error', 's3', `${call.method} ${call.url.pathname}: ${text}`);
  return new AwsError('InternalError', `We encountered an internal error: ${text}`, 500);
};
