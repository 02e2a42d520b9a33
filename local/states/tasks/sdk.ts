import { createRequire } from 'node:module';
import { RUNTIME, StateError } from '../interpreter/errors.ts';
import { plain, type Json, type JsonObject } from '../json.ts';
import type { Failure } from './failure.ts';
import type { SdkClient, TaskCaller } from './caller.ts';

const require = createRequire(import.meta.url);

/** A service as its SDK client knows it. */
export interface Kind {
  readonly module: string;
  readonly client: string;
  /** The service's name in errors of SDK integrations. */
  readonly prefix: string;
}

export const ATHENA: Kind = { module: '@aws-sdk/client-athena', client: 'AthenaClient', prefix: 'Athena' };

/** Services whose SDK client is installed; each is loaded when a state machine uses it. */
export const SDK_SERVICES: Readonly<Record<string, Kind>> = {
  athena: ATHENA,
  dynamodb: { module: '@aws-sdk/client-dynamodb', client: 'DynamoDBClient', prefix: 'DynamoDb' },
  glue: { module: '@aws-sdk/client-glue', client: 'GlueClient', prefix: 'Glue' },
  s3: { module: '@aws-sdk/client-s3', client: 'S3Client', prefix: 'S3' },
};

const load = ({ module }: Kind): Readonly<Record<string, unknown>> =>
  require(module) as Readonly<Record<string, unknown>>;

const commandName = (action: string): string => `${action.charAt(0).toUpperCase()}${action.slice(1)}Command`;

/** Whether the SDK has an action, such as `getItem`. */
export const hasAction = (kind: Kind, action: string): boolean =>
  /^[a-z][A-Za-z0-9]*$/.test(action) && typeof load(kind)[commandName(action)] === 'function';

/** Checksums nobody asked for are not part of what Step Functions answers. */
const S3_OPTIONS = {
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
};

const clientOf = (kind: Kind, { endpoint, region, credentials, clients }: TaskCaller): SdkClient => {
  const Client = load(kind)[kind.client] as new (options: object) => SdkClient;
  const client = clients.get(kind.module) ?? new Client({ endpoint, region, credentials, ...S3_OPTIONS });
  clients.set(kind.module, client);
  return client;
};

interface SdkFailure {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

const isFailure = (error: unknown): error is SdkFailure =>
  error instanceof Error && '$metadata' in error && '$fault' in error;

/** What an SDK client threw, or undefined when no service answered so. */
export const failureOf = (kind: Kind, error: unknown): Failure | undefined => {
  if (!isFailure(error)) return undefined;
  const { httpStatusCode = 0, requestId = '' } = error.$metadata ?? {};
  const declared = typeof load(kind)[error.name] === 'function';
  return { code: error.name, message: error.message, status: httpStatusCode, requestId, declared };
};

/** Sends an action with an SDK client in the name of a role; throws what the client throws. */
export const send = async (
  kind: Kind,
  action: string,
  { caller, parameters, signal }: { caller: TaskCaller; parameters: JsonObject; signal: AbortSignal },
): Promise<object> => {
  const Command = load(kind)[commandName(action)] as new (input: object) => object;
  return await clientOf(kind, caller).send(new Command(parameters), { abortSignal: signal });
};

const isDate = (value: unknown): value is Date => value instanceof Date;

/** An answer of the SDK as JSON: what it says of the transport left out, and times as they are asked for. */
export const answerOf = (answer: object, time: (date: Date) => Json): JsonObject => {
  const convert = (value: unknown): unknown => {
    if (isDate(value)) return time(value);
    if (value instanceof Uint8Array || value instanceof Set)
      throw new StateError(RUNTIME, 'The local cloud does not hand on binary values of an answer.');
    if (Array.isArray(value)) return value.map(convert);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, convert(part)]));
  };
  const { $metadata: _, ...rest } = answer as { $metadata?: unknown };
  return plain(convert(rest)) as JsonObject;
};

/** What an answer says of its transport. */
export const metadataOf = (answer: object): JsonObject => {
  const { httpStatusCode = 200, requestId = '' } = (answer as SdkFailure).$metadata ?? {};
  return {
    SdkHttpMetadata: { HttpStatusCode: httpStatusCode },
    SdkResponseMetadata: { RequestId: requestId },
  };
};
