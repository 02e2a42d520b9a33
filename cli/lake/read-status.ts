import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { inspectTables, toTableFiles, type TableFiles } from '../../core/lake/curated/inspection.ts';
import { curatedTables } from '../../core/lake/curated/tables.ts';
import { logTable } from '../../core/lake/log-table.ts';
import { LEASE_KEY, leaseSchema } from '../../core/lake/state/lease.ts';
import { RUNS_KEY, runsSchema, type Run } from '../../core/lake/state/runs.ts';
import { NOTHING_MERGED, watermarkKey, watermarkSchema } from '../../core/lake/state/watermark.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { ClientConfig } from '../connection.ts';
import { UserError } from '../errors.ts';
import type { Session } from '../query/session.ts';
import { openBucket, type LakeBucket } from './bucket.ts';
import type { Relation } from './relations.ts';
import { entityStatus, refreshStatus, type LakeStatus, type Observed } from './status.ts';

const runningSince = async (bucket: LakeBucket, client: ClientConfig): Promise<string | null> => {
  const { data: lease } = leaseSchema.safeParse(await bucket.read(LEASE_KEY));
  if (!lease?.execution) return null;
  try {
    const input = { executionArn: lease.execution };
    const { status } = await new SFNClient(client).send(new DescribeExecutionCommand(input));
    return status === 'RUNNING' ? lease.since : null;
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return null;
    throw error;
  }
};

const lastRun = async (bucket: LakeBucket): Promise<Run | undefined> =>
  runsSchema.safeParse(await bucket.read(RUNS_KEY)).data?.runs[0];

const observe = async (
  bucket: LakeBucket,
  entity: Entity,
  inspected: readonly TableFiles[],
): Promise<Observed> => {
  const found = await bucket.read(watermarkKey(entity.name));
  const watermark = found === undefined ? NOTHING_MERGED : watermarkSchema.parse(found);
  const names = new Set(curatedTables(entity).map(({ name }) => name));
  return {
    entity: entity.name,
    watermark,
    log: await bucket.list(logTable(entity).prefix, `dt=${watermark.day}`),
    tables: inspected.filter(({ table }) => names.has(table)),
  };
};

/** The bucket of a lake, by where a log lies. */
const bucketOf = (relations: readonly Relation[], database: string): string => {
  const bucket = relations.find(({ kind, place }) => kind === 'log' && place)?.place?.bucket;
  if (bucket) return bucket;
  throw new UserError(`The database ${database} has no change log.`, 'Deploy the lake stack.');
};

/** Asks S3, Athena and Step Functions how the lake is. It reads metadata alone. */
export const readStatus = async (
  session: Session,
  entities: readonly Entity[],
  relations: readonly Relation[],
  signal: AbortSignal,
): Promise<LakeStatus> => {
  const { client, database } = session;
  const bucket = openBucket(client, bucketOf(relations, database));
  const known = new Set(relations.map(({ name }) => name));
  const tables = entities.flatMap(curatedTables).filter(({ name }) => known.has(name));
  const question = inspectTables(
    database,
    tables.map(({ name }) => name),
  );
  const inspected = tables.length === 0 ? [] : toTableFiles((await session.ask(question, signal)).rows);
  const [since, last, observed] = await Promise.all([
    runningSince(bucket, client),
    lastRun(bucket),
    Promise.all(entities.map((entity) => observe(bucket, entity, inspected))),
  ]);
  const now = new Date();
  return {
    database,
    runningSince: since,
    lastRefresh: last ? refreshStatus(last) : null,
    entities: observed.map((one) => entityStatus(one, last, now)),
  };
};
