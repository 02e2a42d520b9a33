import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { namesOf } from '../../core/deployment.ts';
import type { Entry } from '../../core/quarantine/entry.ts';
import type { Schema } from '../../core/schema/load.ts';
import { connect, explainAws, type ClientConfig } from '../connection.ts';
import { UserError } from '../errors.ts';
import { stateLine } from '../state-line.ts';
import { count } from '../terminal.ts';
import { knownOf, readEntries } from './read.ts';
import { toSince, type Selection } from './select.ts';

/** What every command of quarantine is told. */
export interface QuarantineOptions {
  readonly data: string;
  readonly stage: string;
  readonly json?: boolean;
  readonly entity?: string;
  readonly since?: string;
  readonly reason?: string;
}

/** The quarantine of one deployment. */
export interface Quarantine {
  readonly client: ClientConfig;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly bucket: string;
  readonly stage: string;
  readonly schemas: readonly Schema[];
  /** All that fell out, as one list. */
  readonly entries: () => Promise<Entry[]>;
}

const explain = (error: unknown, bucket: string, data: string): unknown => {
  if (!(error instanceof Error)) return error;
  if (error.name === 'NoSuchBucket')
    return new UserError(
      `There is no bucket ${bucket}.`,
      'Deploy the lake stack, or name another deployment with --stage.',
    );
  if (['AccessDenied', 'AccessDeniedException'].includes(error.name))
    return new UserError(
      `You may not: ${error.message}.`,
      'docs/operators.md says which rights the commands of quarantine take.',
    );
  return explainAws(error, data);
};

const bucketOf = async (client: ClientConfig, s3: S3Client, stage: string): Promise<string> => {
  const { Account = '' } = await new STSClient(client).send(new GetCallerIdentityCommand({}));
  return namesOf(stage).bucket(Account, await s3.config.region());
};

/** Does something with the quarantine of a deployment. What is the person's to cure is told as theirs. */
export const withQuarantine = async <T>(
  { data, stage }: Pick<QuarantineOptions, 'data' | 'stage'>,
  work: (quarantine: Quarantine) => Promise<T>,
): Promise<T> => {
  const { client } = await connect(data);
  const { schemas } = await import('../../schemas/index.ts');
  let bucket = '';
  try {
    const s3 = new S3Client(client);
    bucket = await bucketOf(client, s3, stage);
    const known = knownOf(schemas, stage);
    const entries = async () => {
      const state = stateLine();
      const onProgress = (read: number, total: number): void =>
        state.show(`Reading ${count(read)} of ${count(total)} objects`);
      try {
        return await readEntries({ s3, bucket, known, onProgress });
      } finally {
        state.clear();
      }
    };
    return await work({ client, s3, lambda: new LambdaClient(client), bucket, stage, schemas, entries });
  } catch (error) {
    throw explain(error, bucket, data);
  }
};

/** What the options select. Throws UserError for a name that is no entity or event, and for a time that is none. */
export const selectionOf = (
  { entity, since, reason }: QuarantineOptions,
  schemas: readonly Schema[],
): Selection => {
  const schema = schemas.find(({ name, plural }) => entity === name || entity === plural);
  if (entity !== undefined && !schema)
    throw new UserError(
      `There is no entity or event "${entity}".`,
      `Known are ${schemas.map(({ name }) => name).join(', ')}.`,
    );
  return {
    entity: schema?.name,
    since: since === undefined ? undefined : toSince(since, new Date()),
    reason,
  };
};
