import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  type QueryExecution,
  type StartQueryExecutionCommandInput,
} from '@aws-sdk/client-athena';
import { DuckDBInstance } from '@duckdb/node-api';
import { startAthena } from '../../../local/athena/service.ts';
import { jsonError } from '../../../local/gateway/json.ts';
import { openCatalog } from '../../../local/glue/catalog.ts';
import { startGlue } from '../../../local/glue/service.ts';
import { openObjectStore } from '../../../local/s3/store.ts';
import {
  AwsError,
  type Answer,
  type Call,
  type Cloud,
  type Resource,
  type Service,
} from '../../../local/service.ts';

export const REGION = 'eu-central-1';
export const ACCOUNT = '123456789012';

export const resource = (type: string, ref: string, properties: object): Resource => ({
  stack: 'lake',
  logicalId: ref,
  type,
  properties: { ...properties },
  ref,
  attributes: {},
  metadata: {},
});

export const cloudOf = (dataDir: string, resources: readonly Resource[]): Cloud => ({
  region: REGION,
  account: ACCOUNT,
  dataDir,
  assemblyDir: dataDir,
  endpoint: '',
  resources: (type) => resources.filter((one) => one.type === type),
  log: () => undefined,
});

const PARQUET = 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat';

/** An `AWS::Glue::Table` over Parquet files. */
export const parquetTable = (
  name: string,
  columns: Record<string, string>,
  options: { keys?: Record<string, string>; parameters?: Record<string, string>; location?: string } = {},
): Resource =>
  resource('AWS::Glue::Table', name, {
    CatalogId: ACCOUNT,
    DatabaseName: 'shop',
    TableInput: {
      Name: name,
      TableType: 'EXTERNAL_TABLE',
      Parameters: { classification: 'parquet', ...options.parameters },
      PartitionKeys: fields(options.keys ?? {}),
      StorageDescriptor: {
        Columns: fields(columns),
        Location: options.location ?? `s3://lake/${name}/`,
        InputFormat: PARQUET,
      },
    },
  });

const fields = (columns: Record<string, string>) =>
  Object.entries(columns).map(([Name, Type]) => ({ Name, Type }));

export const workGroup = resource('AWS::Athena::WorkGroup', 'analysts', {
  Name: 'analysts',
  WorkGroupConfiguration: {
    EnforceWorkGroupConfiguration: true,
    ResultConfiguration: { OutputLocation: 's3://results/athena/' },
  },
});

export const shop = resource('AWS::Glue::Database', 'shop', { DatabaseInput: { Name: 'shop' } });

export interface Lake {
  readonly dataDir: string;
  readonly athena: AthenaClient;
  readonly endpoint: string;
  readonly store: ReturnType<typeof openObjectStore>;
  /** Every right asked for, as `action arn`. */
  readonly asked: string[];
  /** Rights that are refused from now on: an action, or an action and the beginning of an ARN. */
  readonly denied: Set<string>;
  /** Writes the rows of a DuckDB query as a Parquet object of the bucket `lake`. */
  write(key: string, sql: string): Promise<void>;
  /** The rows of a DuckDB query; `file('key')` is an object of the bucket `lake`. */
  duckdb(sql: string): Promise<unknown[][]>;
  /** Bytes of the column chunks of an object of the bucket `lake`, of the leaf columns whose path begins so. */
  columnBytes(key: string, ...paths: string[]): Promise<number>;
  /** Closes everything but keeps the data. */
  stop(): Promise<void>;
  /** Stops and deletes the data. */
  destroy(): Promise<void>;
}

/** A lake with Athena and Glue behind a plain HTTP server, for unmodified SDK clients. */
export const openLake = async (
  resources: readonly Resource[],
  dataDir = mkdtempSync(join(tmpdir(), 'athena-')),
): Promise<Lake> => {
  const cloud = cloudOf(dataDir, [shop, workGroup, ...resources]);
  const store = openObjectStore(cloud);
  for (const bucket of ['lake', 'results']) store.createBucket(bucket);
  const catalog = openCatalog(cloud);
  const services = [startAthena(cloud, { catalog, store }), startGlue(cloud, catalog)];
  const asked: string[] = [];
  const denied = new Set<string>();
  const authorize = (action: string, arn: string) => {
    asked.push(`${action} ${arn}`);
    if ([...denied].some((one) => `${action} ${arn}`.startsWith(one)))
      throw new AwsError(
        'AccessDeniedException',
        `You are not authorized to perform: ${action} on ${arn}`,
        403,
      );
  };
  const { endpoint, close } = await serve(services, authorize);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const athena = new AthenaClient({ endpoint, region: REGION, credentials, maxAttempts: 1 });
  const stop = async () => {
    athena.destroy();
    await close();
    for (const service of services) await service.close();
    catalog.close();
    store.close();
  };
  const destroy = async () => {
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const duckdb = (sql: string) =>
    inDuckDb(sql.replaceAll(/file\('([^']+)'\)/g, (_, key: string) => `'${store.head('lake', key)?.path}'`));
  const columnBytes = async (key: string, ...paths: string[]) => {
    const [sum] = await duckdb(
      `SELECT coalesce(sum(total_compressed_size), 0) FROM parquet_metadata(file('${key}')) WHERE list_contains([${paths.map((path) => `'${path}'`).join(', ')}], path_in_schema)`,
    );
    return Number(sum?.[0]);
  };
  const write = writer(store, dataDir);
  return { dataDir, athena, endpoint, store, asked, denied, write, duckdb, columnBytes, stop, destroy };
};

const inDuckDb = async (sql: string): Promise<unknown[][]> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows;
};

const serve = async (services: readonly Service[], authorize: Call['authorize']) => {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = await answer(request, services, authorize);
    response.writeHead(status, headers).end(body);
  };
  const options = { keepAliveTimeout: 0 };
  const server = createServer(options, (request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
};

const answer = async (
  request: IncomingMessage,
  services: readonly Service[],
  authorize: Call['authorize'],
): Promise<Answer & { body?: string }> => {
  const target = String(request.headers['x-amz-target']);
  const service = services.find(
    ({ name }) => (target.startsWith('AWSGlue') ? 'glue' : 'athena') === name,
  ) as Service;
  const call: Call = {
    id: 'test',
    method: 'POST',
    url: new URL('http://localhost/'),
    headers: request.headers as Record<string, string>,
    body: request,
    callerArn: `arn:aws:iam::${ACCOUNT}:user/test`,
    authorize,
  };
  try {
    return (await service.handle(call)) as Answer & { body?: string };
  } catch (error) {
    const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
    return jsonError(known) as Answer & { body?: string };
  }
};

const writer = (store: Lake['store'], dataDir: string) => {
  let count = 0;
  return async (key: string, sql: string) => {
    count += 1;
    const file = join(dataDir, `fixture-${count}.parquet`);
    await inDuckDb(`COPY (${sql}) TO '${file}' (FORMAT parquet)`);
    await store.put('lake', key, { path: file });
  };
};

export interface Answered {
  readonly execution: QueryExecution;
  readonly names: string[];
  readonly types: string[];
  /** Without the header; NULL is undefined. */
  readonly rows: (string | undefined)[][];
}

export const start = async (
  lake: Lake,
  sql: string,
  input: Partial<StartQueryExecutionCommandInput> = {},
) => {
  const started = await lake.athena.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: 'analysts',
      QueryExecutionContext: { Database: 'shop' },
      ...input,
    }),
  );
  return started.QueryExecutionId as string;
};

const ENDED = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED']);

export const ended = async (lake: Lake, id: string): Promise<QueryExecution> => {
  for (let pause = 2; ; pause = Math.min(pause * 1.5, 50)) {
    const { QueryExecution } = await lake.athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    if (ENDED.has(QueryExecution?.Status?.State ?? '')) return QueryExecution as QueryExecution;
    // Asking takes of the processor what the query needs.
    await setTimeout(pause);
  }
};

/** Runs a query to its end; throws its reason if that is not success. */
export const run = async (
  lake: Lake,
  sql: string,
  input: Partial<StartQueryExecutionCommandInput> = {},
): Promise<Answered> => {
  const id = await start(lake, sql, input);
  const execution = await ended(lake, id);
  if (execution.Status?.State !== 'SUCCEEDED') throw new Error(execution.Status?.StateChangeReason);
  const { ResultSet } = await lake.athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
  const columns = ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
  const rows = (ResultSet?.Rows ?? []).map((row) => (row.Data ?? []).map((cell) => cell.VarCharValue));
  return {
    execution,
    names: columns.map((column) => column.Name ?? ''),
    types: columns.map((column) => column.Type ?? ''),
    rows: execution.StatementType === 'DML' ? rows.slice(1) : rows,
  };
};

/** The reason a query fails for. */
export const failure = async (
  lake: Lake,
  sql: string,
  input: Partial<StartQueryExecutionCommandInput> = {},
): Promise<string> => {
  const execution = await ended(lake, await start(lake, sql, input));
  if (execution.Status?.State !== 'FAILED') throw new Error(`${execution.Status?.State}: ${sql}`);
  return execution.Status.StateChangeReason ?? '';
};
