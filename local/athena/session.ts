import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalog } from '../glue/catalog.ts';
import type { Call, Cloud } from '../service.ts';
import { asFolder, splitLocation } from './engine/files.ts';
import type { Footers } from './engine/footers.ts';
import type { Planner } from './engine/planner.ts';
import type { Execution } from './executions.ts';
import { finder } from './find.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import type { IcebergRuntime, TableStore } from './iceberg/context.ts';
import { describeIceberg } from './iceberg/source.ts';
import { loadTable } from './iceberg/table.ts';
import { SqlError } from './sql/error.ts';
import type { Session } from './statements/statement.ts';
import { workGroupArn } from './workgroups.ts';

export interface SessionParts {
  readonly cloud: Cloud;
  readonly catalog: Catalog;
  readonly store: TableStore;
  readonly footers: Footers;
  readonly planner: Planner;
  readonly prepared: PreparedStatements;
  /** A folder on disk that is empty when the process starts. */
  readonly scratch: string;
  readonly iceberg: IcebergRuntime;
}

/** What one query's statement runs with, in the name of whoever asked. */
export const sessionOf = (
  { cloud, catalog, store, footers, planner, scratch, iceberg, prepared }: SessionParts,
  execution: Execution,
  connection: DuckDBConnection,
  call: Call,
  progress: Pick<Session, 'scanned' | 'proceed'>,
): Session => {
  const authorizeGlue: Session['authorizeGlue'] = (action, database, table) => {
    for (const arn of glueArns(cloud, database, table)) permitted(() => call.authorize(action, arn));
  };
  const authorizeData: Session['authorizeData'] = (location) =>
    authorizeBelow(call, location, ['s3:ListBucket'], 's3:GetObject');
  const session: Session = {
    catalog,
    store,
    footers,
    planner,
    runtime: iceberg,
    connection,
    database: execution.database,
    queryId: execution.id,
    outputLocation: execution.outputLocation,
    scratch,
    prepared: preparedOf(prepared, execution.workGroup, cloud, call),
    now: new Date(execution.submitted),
    find: finder(
      catalog,
      (database, table) => authorizeGlue('glue:GetTable', database, table),
      (table, part, at, travel) => {
        authorizeData(table.StorageDescriptor?.Location ?? '');
        return describeIceberg(session, loadTable(store, table), at, travel, part);
      },
    ),
    authorizeGlue,
    authorizeData,
    authorizeWrite: (location) =>
      authorizeBelow(call, location, ['s3:GetBucketLocation', 's3:ListBucket'], 's3:PutObject'),
    mayDelete: (location) => mayDelete(call, location),
    ...progress,
  };
  return session;
};

const mayDelete = (call: Call, location: string): boolean => {
  try {
    authorizeBelow(call, location, [], 's3:DeleteObject');
    return true;
  } catch {
    return false;
  }
};

const preparedOf = (
  prepared: PreparedStatements,
  workGroup: string,
  cloud: Cloud,
  call: Call,
): Session['prepared'] => {
  const arn = workGroupArn(cloud, workGroup);
  return {
    put(name, sql) {
      permitted(() => call.authorize('athena:CreatePreparedStatement', arn));
      if (prepared.get(workGroup, name))
        throw new SqlError('ALREADY_EXISTS', `Prepared statement already exists: ${name}`);
      prepared.put({ StatementName: name, WorkGroup: workGroup, QueryStatement: sql });
    },
    remove(name) {
      permitted(() => call.authorize('athena:DeletePreparedStatement', arn));
      return prepared.remove(workGroup, name);
    },
  };
};

const authorizeBelow = (call: Call, location: string, onBucket: readonly string[], onObjects: string) => {
  const { bucket, prefix } = splitLocation(asFolder(location));
  for (const action of onBucket) permitted(() => call.authorize(action, `arn:aws:s3:::${bucket}`));
  permitted(() => call.authorize(onObjects, `arn:aws:s3:::${bucket}/${prefix}*`));
};

/** Glue asks for the right on the catalogue and the database as well as on the table. */
export const glueArns = ({ region, account }: Cloud, database?: string, table?: string): string[] => {
  const base = `arn:aws:glue:${region}:${account}`;
  const arns = [`${base}:catalog`];
  if (database !== undefined) arns.push(`${base}:database/${database}`);
  if (table !== undefined) arns.push(`${base}:table/${database}/${table}`);
  return arns;
};

const permitted = (check: () => void) => {
  try {
    check();
  } catch (error) {
    throw new SqlError(
      'PERMISSION_DENIED',
      `Insufficient permissions to execute the query. ${(error as Error).message}`,
    );
  }
};
