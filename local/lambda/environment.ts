import type { Cloud } from '../service.ts';
import type { FunctionConfig } from './config.ts';

/** Credentials of a function's role, as its environment carries them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * The whole environment of a function: the template's variables and those the Lambda runtime sets, nothing of the host.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const environment = (
  cloud: Pick<Cloud, 'region' | 'endpoint'>,
  config: FunctionConfig,
  credentials: Credentials,
  logStream: string,
): Record<string, string> => ({
  ...config.environment,
  AWS_REGION: cloud.region,
  AWS_DEFAULT_REGION: cloud.region,
  AWS_ENDPOINT_URL: cloud.endpoint,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_SESSION_TOKEN: credentials.sessionToken,
  AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
  AWS_LAMBDA_FUNCTION_NAME: config.name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: config.logGroup,
  AWS_LAMBDA_LOG_STREAM_NAME: logStream,
  AWS_LAMBDA_LOG_FORMAT: config.logFormat,
  LAMBDA_TASK_ROOT: config.codeDir,
  _HANDLER: config.handler,
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
});
