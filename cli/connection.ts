import * as z from 'zod';
import { readCloudFile, type CloudFile } from './cloud-file.ts';
import { UserError } from './errors.ts';

/** How to build an AWS SDK client. */
export interface ClientConfig {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { accessKeyId: string; secretAccessKey: string };
  readonly forcePathStyle?: boolean;
}

/** Where a command's calls go: the local cloud that runs, else AWS by the usual profile. */
export interface Connection {
  readonly local: CloudFile | undefined;
  readonly client: ClientConfig;
}

const isUp = async ({ aws }: CloudFile): Promise<boolean> => {
  try {
    const answer = await fetch(`${aws}/_tailrace/status`, { signal: AbortSignal.timeout(5000) });
    return answer.ok;
  } catch {
    return false;
  }
};

/** Finds the local cloud of a data folder, if it runs. */
export const findLocal = async (dataDir: string): Promise<CloudFile | undefined> => {
  const file = readCloudFile(dataDir);
  return file && (await isUp(file)) ? file : undefined;
};

/** Finds the local cloud of a data folder, or throws UserError that says how to start it. */
export const requireLocal = async (dataDir: string): Promise<CloudFile> => {
  const local = await findLocal(dataDir);
  if (local) return local;
  throw new UserError(
    `No local cloud runs on ${dataDir}.`,
    'Start one with "npm start", or name its folder with --data.',
  );
};

/** Where this command's AWS calls go. */
export const connect = async (dataDir: string): Promise<Connection> => {
  const local = await findLocal(dataDir);
  if (!local) return { local, client: {} };
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { local, client: { endpoint: local.aws, region: local.region, credentials, forcePathStyle: true } };
};

const failure = z.looseObject({ message: z.string() });

/** Asks the local cloud itself for something. Throws UserError with what it said. */
export const control = async (local: CloudFile, path: string, body: object): Promise<unknown> => {
  const answer = await fetch(`${local.aws}/_tailrace/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const content: unknown = await answer.json();
  if (answer.ok) return content;
  throw new UserError(
    'The local cloud refused:',
    failure.safeParse(content).data?.message ?? `status ${answer.status}`,
  );
};

const LOST = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT']);

const NO_CREDENTIALS = new Set([
  'CredentialsProviderError',
  'UnrecognizedClientException',
  'ExpiredTokenException',
]);

/** Says what an AWS error means for the person: a lost connection, no credentials and no region are theirs to cure. */
export const explainAws = (error: unknown, dataDir: string): unknown => {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (LOST.has(code))
    return new UserError(
      `The connection was lost (${code}).`,
      'See that the local cloud still runs, and run the command again: what was done stays done.',
    );
  if (NO_CREDENTIALS.has(error.name) || error.message.includes('Region is missing'))
    return new UserError(
      `No local cloud runs on ${dataDir}, and AWS is not configured (${error.message}).`,
      'Start the local cloud with "npm start", or set AWS_PROFILE and AWS_REGION.',
    );
  return error;
};
