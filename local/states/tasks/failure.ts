import { StateError } from '../interpreter/errors.ts';

/** A call that a service refused. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly requestId: string;
  /** Whether the service's API declares errors of this code. */
  readonly declared: boolean;
}

/** What a service is called in the errors of AWS's SDK for Java 1, which optimised integrations show. */
export interface Naming {
  /** `Athena` of `Athena.InvalidRequestException`. */
  readonly prefix: string;
  /** `AmazonAthena` */
  readonly service: string;
  /** Name of errors the API does not declare: `AmazonAthenaException`. */
  readonly undeclared: string;
}

const withSuffix = (code: string): string => (code.endsWith('Exception') ? code : `${code}Exception`);

/** A failed call of an optimised integration: `Lambda.ResourceNotFoundException` and so on. */
export const optimisedError = (
  { prefix, service, undeclared }: Naming,
  { code, message, status, requestId, declared }: Failure,
): StateError =>
  new StateError(
    `${prefix}.${declared ? withSuffix(code) : undeclared}`,
    `${message} (Service: ${service}; Status Code: ${status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`,
  );

/** A failed call of an SDK integration: `S3.NoSuchKeyException` and so on. */
export const sdkError = (
  prefix: string,
  { code, message, status, requestId, declared }: Failure,
): StateError =>
  new StateError(
    `${prefix}.${declared ? withSuffix(code) : `${prefix}Exception`}`,
    `${message} (Service: ${prefix}, Status Code: ${status}, Request ID: ${requestId})`,
  );
