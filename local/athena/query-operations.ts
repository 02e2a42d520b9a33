import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Operation } from '../gateway/json.ts';
import { AwsError, type Call, type Cloud } from '../service.ts';
import { splitLocation, type ObjectStore } from './engine/files.ts';
import { describeExecution, isDone, type Execution, type Executions } from './executions.ts';
import { invalid, paged, readInput } from './input.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { readCsv, readText, resultSet } from './results.ts';
import type { Runner } from './runner.ts';
import { SqlError } from './sql/error.ts';
import { parseStatement } from './statements/index.ts';
import type { Statement } from './statements/statement.ts';
import { workGroupArn, workGroupOf, type WorkGroup } from './workgroups.ts';

export interface QueryParts {
  readonly cloud: Cloud;
  readonly store: ObjectStore;
  readonly runner: Runner;
  readonly executions: Executions;
  readonly prepared: PreparedStatements;
  readonly workGroups: ReadonlyMap<string, WorkGroup>;
}

const startInput = z.object({
  QueryString: z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= 262_144, 'at most 262144 bytes'),
  ClientRequestToken: z.string().min(32).max(128).optional(),
  QueryExecutionContext: z
    .object({ Database: z.string().optional(), Catalog: z.string().optional() })
    .optional(),
  ResultConfiguration: z.looseObject({ OutputLocation: z.string().optional() }).optional(),
  WorkGroup: z.string().default('primary'),
  ExecutionParameters: z.array(z.string().min(1)).min(1).optional(),
  ResultReuseConfiguration: z.unknown().optional(),
});

type StartInput = z.infer<typeof startInput>;

const idInput = z.object({ QueryExecutionId: z.string() });
const batchInput = z.object({ QueryExecutionIds: z.array(z.string()).min(1).max(50) });
const resultsInput = z.looseObject({
  QueryExecutionId: z.string(),
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(1).max(1000).default(1000),
});
const listInput = z.object({
  WorkGroup: z.string().default('primary'),
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(0).max(50).default(50),
});

/** The operations on queries (https://docs.aws.amazon.com/athena/latest/APIReference/). */
export const queryOperations = (parts: QueryParts): Record<string, Operation> => ({
  StartQueryExecution: (input, call) => ({
    QueryExecutionId: startQuery(parts, readInput(startInput, input), call),
  }),
  GetQueryExecution: (input, call) => {
    const execution = permitted(
      parts,
      readInput(idInput, input).QueryExecutionId,
      'athena:GetQueryExecution',
      call,
    );
    return { QueryExecution: describeExecution(execution) };
  },
  BatchGetQueryExecution: (input, call) =>
    batchGet(parts, readInput(batchInput, input).QueryExecutionIds, call),
  GetQueryResults: (input, call) => getResults(parts, readInput(resultsInput, input), call),
  StopQueryExecution: (input, call) => {
    const { id } = permitted(
      parts,
      readInput(idInput, input).QueryExecutionId,
      'athena:StopQueryExecution',
      call,
    );
    parts.runner.cancel(id);
    return {};
  },
  ListQueryExecutions: (input, call) => {
    const { WorkGroup, NextToken, MaxResults } = readInput(listInput, input);
    workGroupOf(parts.workGroups, WorkGroup);
    call.authorize('athena:ListQueryExecutions', workGroupArn(parts.cloud, WorkGroup));
    const { page, ...rest } = paged(parts.executions.list(WorkGroup), NextToken, MaxResults || 50);
    return { QueryExecutionIds: page.map((execution) => execution.id), ...rest };
  },
});

const startQuery = (parts: QueryParts, input: StartInput, call: Call): string => {
  const group = workGroupOf(parts.workGroups, input.WorkGroup);
  call.authorize('athena:StartQueryExecution', workGroupArn(parts.cloud, group.name));
  const catalog = input.QueryExecutionContext?.Catalog ?? 'AwsDataCatalog';
  if (catalog.toLowerCase() !== 'awsdatacatalog') throw invalid(`Data catalog ${catalog} was not found`);
  if (!group.enabled) throw invalid(`WorkGroup ${group.name} is disabled.`);
  const token = input.ClientRequestToken ?? randomUUID();
  const earlier = parts.executions.byToken(token);
  if (earlier) return sameQuery(earlier, input);
  const id = randomUUID();
  const { statement, type, kind, leaves, externalLocation } = parsed(parts.prepared, input);
  if (externalLocation !== undefined && enforcedLocation(group) !== undefined) throw refusedLocation();
  const outputLocation = `${outputFolder(group, input)}${outputName(id, type, leaves)}`;
  const { bucket, prefix } = splitLocation(outputLocation);
  call.authorize('s3:PutObject', `arn:aws:s3:::${bucket}/${prefix}`);
  const execution: Execution = {
    id,
    token,
    query: input.QueryString,
    parameters: input.ExecutionParameters ?? [],
    type,
    kind,
    ...(input.QueryExecutionContext?.Database !== undefined && {
      database: databaseName(input.QueryExecutionContext.Database),
    }),
    workGroup: group.name,
    outputLocation,
    state: 'QUEUED',
    submitted: Date.now(),
    scanned: 0,
    columns: [],
  };
  parts.executions.save(execution);
  parts.runner.start(execution, statement, call, group.bytesScannedCutoff);
  return id;
};

/** Clients give it in backticks, too, as statements of Hive's quote names. */
const databaseName = (given: string): string => given.replace(/^`(.*)`$/, '$1').toLowerCase();

const outputName = (id: string, type: Execution['type'], leaves: Statement['leaves']): string => {
  if (leaves !== undefined) return leaves === 'table' ? `tables/${id}` : id;
  return `${id}.${type === 'DML' ? 'csv' : 'txt'}`;
};

const refusedLocation = () =>
  invalid(
    "The Create Table As Select query failed because it was submitted with an 'external_location' property to an Athena Workgroup that enforces a centralized output location for all queries. Please remove the 'external_location' property and resubmit the query.",
  );

type Parsed = Omit<Statement, 'run'> & { statement: () => Statement };

/** A statement that does not parse starts all the same, and fails. */
const parsed = (prepared: PreparedStatements, input: StartInput): Parsed => {
  try {
    const find = (name: string) => prepared.get(input.WorkGroup, name)?.QueryStatement;
    const statement = parseStatement(input.QueryString, input.ExecutionParameters, find);
    return { ...statement, statement: () => statement };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const fail = (): never => {
      throw error;
    };
    return { statement: fail, type: 'DML', kind: 'UNKNOWN' };
  }
};

const sameQuery = (earlier: Execution, input: StartInput): string => {
  const same = earlier.query === input.QueryString && earlier.workGroup === input.WorkGroup;
  if (same) return earlier.id;
  throw invalid('Idempotent parameters do not match', 'IDEMPOTENT_PARAMETER_MISMATCH');
};

const enforcedLocation = ({ enforced, outputLocation }: WorkGroup) => (enforced ? outputLocation : undefined);

const outputFolder = (group: WorkGroup, input: StartInput): string => {
  const own = input.ResultConfiguration?.OutputLocation;
  const location = enforcedLocation(group) ?? own ?? group.outputLocation;
  if (location === undefined) {
    throw invalid(
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    );
  }
  if (!location.startsWith('s3://')) throw invalid('outputLocation is not a valid S3 path.');
  return location.endsWith('/') ? location : `${location}/`;
};

const found = (executions: Executions, id: string): Execution => {
  const execution = executions.get(id);
  if (execution) return execution;
  throw new AwsError('InvalidRequestException', `QueryExecution ${id} was not found`, 400, {
    AthenaErrorCode: 'INVALID_QUERY_EXECUTION_ID',
  });
};

const permitted = (parts: QueryParts, id: string, action: string, call: Call): Execution => {
  const execution = found(parts.executions, id);
  call.authorize(action, workGroupArn(parts.cloud, execution.workGroup));
  return execution;
};

const batchGet = (parts: QueryParts, ids: readonly string[], call: Call) => {
  const known = ids.flatMap((id) => parts.executions.get(id) ?? []);
  for (const { workGroup } of known)
    call.authorize('athena:BatchGetQueryExecution', workGroupArn(parts.cloud, workGroup));
  const missing = ids.filter((id) => !parts.executions.get(id));
  return {
    QueryExecutions: known.map(describeExecution),
    UnprocessedQueryExecutionIds: missing.map((id) => ({
      QueryExecutionId: id,
      ErrorCode: 'INVALID_QUERY_EXECUTION_ID',
      ErrorMessage: `QueryExecution ${id} was not found`,
    })),
  };
};

const getResults = async (parts: QueryParts, input: z.infer<typeof resultsInput>, call: Call) => {
  const execution = permitted(parts, input.QueryExecutionId, 'athena:GetQueryResults', call);
  if (!isDone(execution))
    throw invalid(`Query has not yet finished. Current state: ${execution.state}`, 'INVALID_QUERY_STATE');
  if (execution.state !== 'SUCCEEDED') {
    const why =
      execution.state === 'FAILED'
        ? 'Query did not finish successfully. Final query state: FAILED'
        : 'Query was cancelled';
    throw invalid(why, 'INVALID_QUERY_STATE');
  }
  if (execution.updateCount !== undefined)
    return { UpdateCount: execution.updateCount, ResultSet: resultSet(execution.columns, []) };
  const { bucket, prefix } = splitLocation(execution.outputLocation);
  call.authorize('s3:GetObject', `arn:aws:s3:::${bucket}/${prefix}`);
  const text = (await parts.store.get(bucket, prefix)).toString('utf8');
  const offset = Number(input.NextToken ?? 0);
  if (!Number.isInteger(offset) || offset < 0 || offset > text.length) throw invalid('Invalid NextToken');
  const read = execution.outputLocation.endsWith('.csv') ? readCsv : readText;
  const { rows, next } = read(text, offset, input.MaxResults);
  return {
    UpdateCount: 0,
    ResultSet: resultSet(execution.columns, rows),
    ...(next !== undefined && { NextToken: String(next) }),
  };
};
