import { AwsError } from '../service.ts';

type Refusal = readonly [code: string, status: number];

/** How services say that a caller is too fast: error codes of their API references. */
const THROTTLES: Readonly<Record<string, Refusal>> = {
  athena: ['TooManyRequestsException', 400],
  firehose: ['ServiceUnavailableException', 500],
  lambda: ['TooManyRequestsException', 429],
  s3: ['SlowDown', 503],
};

/** How services say that they failed. */
const FAILURES: Readonly<Record<string, Refusal>> = {
  athena: ['InternalServerException', 500],
  dynamodb: ['InternalServerError', 500],
  firehose: ['InternalFailure', 500],
  glue: ['InternalServiceException', 500],
  lambda: ['ServiceException', 500],
  s3: ['InternalError', 500],
};

/** What a throttled call of a service gets. */
export const throttled = (service: string): AwsError => {
  const [code, status] = THROTTLES[service] ?? ['ThrottlingException', 400];
  return new AwsError(code, 'Rate exceeded. A fault plan says so.', status);
};

/** What a call gets that its service failed on. */
export const failed = (service: string): AwsError => {
  const [code, status] = FAILURES[service] ?? ['InternalFailure', 500];
  return new AwsError(code, 'An internal error occurred. A fault plan says so.', status);
};

/** The call was done, and its answer does not arrive: the connection breaks. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
}
