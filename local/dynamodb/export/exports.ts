import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Operation } from '../../gateway/json.ts';
import { openKept, type Kept } from '../../kept.ts';
import type { ObjectStore } from '../../s3/store.ts';
import { AwsError, type Call, type Cloud, type Resource } from '../../service.ts';
import { describeInput, listInput, parseInput, parseStart, type StartInput } from './input.ts';
import { describeExport, exportArn, folderOf, type Export } from './manifest.ts';
import { openSnapshot, type Snapshot } from './snapshot.ts';
import { writeExport } from './write.ts';

/** What exports need: where objects go, and the engine's file. */
export interface ExportPlaces {
  readonly store: ObjectStore;
  /** Absent when the engine is the user's own. */
  readonly dbPath?: string | undefined;
}

const kept = z.object({
  id: z.string(),
  status: z.enum(['IN_PROGRESS', 'COMPLETED', 'FAILED']),
  tableArn: z.string(),
  tableId: z.string(),
  exportTime: z.number(),
  startTime: z.number(),
  endTime: z.number().optional(),
  bucket: z.string(),
  prefix: z.string().optional(),
  algorithm: z.string().optional(),
  clientToken: z.string().optional(),
  itemCount: z.number().optional(),
  bytes: z.number().optional(),
  failure: z.string().optional(),
}) as z.ZodType<Export>;

/** Most exports are done so soon: who asks then waits for that, and not for a pause of whole seconds. */
const MOMENT_MS = 300;

const TOKEN_MS = 8 * 60 * 60 * 1000;

const newId = (now: number): string => `${String(now).padStart(14, '0')}-${randomBytes(4).toString('hex')}`;

const findTable = (cloud: Cloud, arn: string): Resource => {
  const tables = ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'].flatMap((type) =>
    cloud.resources(type),
  );
  const found = tables.find(({ attributes, ref }) => attributes.Arn === arn || ref === arn);
  if (found) return found;
  throw new AwsError('TableNotFoundException', `Table not found: ${arn}`);
};

const isRecoverable = ({ properties }: Resource): boolean =>
  (properties.PointInTimeRecoverySpecification ?? properties.Replicas?.[0]?.PointInTimeRecoverySpecification)
    ?.PointInTimeRecoveryEnabled === true;

const requireRecoverable = (table: Resource): void => {
  if (isRecoverable(table)) return;
  throw new AwsError(
    'PointInTimeRecoveryUnavailableException',
    `Point in time recovery is not enabled for table '${table.ref}'`,
  );
};

/** The export an earlier call with the same token has begun. */
const begunBefore = (
  exports: Kept<Export>,
  tableArn: string,
  { ClientToken, S3Bucket, S3Prefix }: StartInput,
  now: number,
): Export | undefined => {
  const earlier = exports
    .all()
    .find(
      ({ clientToken, startTime }) =>
        ClientToken !== undefined && clientToken === ClientToken && now - startTime < TOKEN_MS,
    );
  if (!earlier) return undefined;
  if (earlier.tableArn === tableArn && earlier.bucket === S3Bucket && earlier.prefix === S3Prefix)
    return earlier;
  throw new AwsError('IdempotentParameterMismatchException', 'The token was used with other parameters.');
};

/** What was under way when the process ended cannot go on: the moment it showed is gone. */
const failInterrupted = (exports: Kept<Export>): void => {
  for (const one of exports.all())
    if (one.status === 'IN_PROGRESS')
      exports.put(one.id, {
        ...one,
        status: 'FAILED',
        failure: 'The local cloud stopped during the export.',
      });
};

const requireFile = (dbPath: string | undefined): string => {
  if (dbPath !== undefined) return dbPath;
  throw new AwsError(
    'UnknownOperationException',
    'The local cloud exports tables of its own engine only, not of the one TAILRACE_DYNAMODB_ENDPOINT names.',
  );
};

interface Started {
  readonly one: Export;
  readonly snapshot: Snapshot;
}

const begin = (dbPath: string, table: Resource, tableArn: string, wanted: StartInput): Started => {
  const now = Date.now();
  const snapshot = openSnapshot(dbPath, table.ref);
  const one: Export = {
    id: newId(now),
    status: 'IN_PROGRESS',
    tableArn,
    tableId: snapshot.tableId,
    exportTime: now,
    startTime: now,
    bucket: wanted.S3Bucket,
    prefix: wanted.S3Prefix,
    algorithm: wanted.S3SseAlgorithm,
    clientToken: wanted.ClientToken,
  };
  return { one, snapshot };
};

/** The calls of exports, and the end of those under way. */
export interface Exports {
  readonly operations: Readonly<Record<string, Operation>>;
  close(): Promise<void>;
}

/**
 * ExportTableToPointInTime, DescribeExport and ListExports over the engine's file: each export shows its table as it was when it was
 * asked for. Needs the permissions AWS asks of the caller.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
 *
 * @example
 * const { operations } = openExports(cloud, { store, dbPath: '.tailrace/dynamodb/tables.sqlite' });
 */
export const openExports = (cloud: Cloud, { store, dbPath }: ExportPlaces): Exports => {
  const exports = openKept(join(cloud.dataDir, 'dynamodb', 'exports.json'), kept);
  failInterrupted(exports);
  const running = new Set<Promise<void>>();

  const run = async ({ one, snapshot }: Started): Promise<void> => {
    try {
      exports.put(one.id, await writeExport(store, one, snapshot, Date.now));
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      exports.put(one.id, { ...one, status: 'FAILED', endTime: Date.now(), failure });
    } finally {
      snapshot.close();
    }
  };

  const start = (input: unknown, call: Call): object => {
    const wanted = parseStart(input);
    const table = findTable(cloud, wanted.TableArn);
    const tableArn = table.attributes.Arn ?? wanted.TableArn;
    call.authorize('dynamodb:ExportTableToPointInTime', tableArn);
    const folder = folderOf({ prefix: wanted.S3Prefix, id: '*' });
    call.authorize('s3:PutObject', `arn:aws:s3:::${wanted.S3Bucket}/${folder}`);
    requireRecoverable(table);
    const earlier = begunBefore(exports, tableArn, wanted, Date.now());
    if (earlier) return { ExportDescription: describeExport(earlier) };
    if (!store.hasBucket(wanted.S3Bucket))
      throw new AwsError('S3NoSuchBucketException', `The bucket ${wanted.S3Bucket} does not exist.`);
    const started = begin(requireFile(dbPath), table, tableArn, wanted);
    exports.put(started.one.id, started.one);
    const work = run(started).finally(() => running.delete(work));
    running.add(work);
    return { ExportDescription: describeExport(started.one) };
  };

  return {
    operations: {
      ExportTableToPointInTime: start,
      DescribeExport: async (input: unknown, call: Call) => {
        const { ExportArn } = parseInput(describeInput, input);
        call.authorize('dynamodb:DescribeExport', ExportArn);
        await Promise.race([Promise.all(running), sleep(MOMENT_MS)]);
        const found = exports.all().find((one) => exportArn(one) === ExportArn);
        if (!found) throw new AwsError('ExportNotFoundException', `Export not found: ${ExportArn}`);
        return { ExportDescription: describeExport(found) };
      },
      ListExports: (input: unknown, call: Call) => listExports(exports, input, call),
    },
    close: async () => void (await Promise.all(running)),
  };
};

const listExports = (exports: Kept<Export>, input: unknown, call: Call): object => {
  const { TableArn, MaxResults, NextToken } = parseInput(listInput, input);
  call.authorize('dynamodb:ListExports', TableArn ?? '*');
  const wanted = exports.all().filter(({ tableArn }) => TableArn === undefined || tableArn === TableArn);
  const page = wanted.slice(NextToken, NextToken + MaxResults);
  const end = NextToken + MaxResults;
  return {
    ExportSummaries: page.map((one) => ({
      ExportArn: exportArn(one),
      ExportStatus: one.status,
      ExportType: 'FULL_EXPORT',
    })),
    ...(end < wanted.length ? { NextToken: String(end) } : {}),
  };
};
