import { join } from 'node:path';
import * as z from 'zod';
import type { Operation } from '../gateway/json.ts';
import { AwsError, type Call, type Cloud } from '../service.ts';
import { invalid, paged, readInput } from './input.ts';
import { openKept } from '../kept.ts';
import { workGroupArn, workGroupOf, type WorkGroup } from './workgroups.ts';

const name = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_@:]{0,255}$/);
const place = { StatementName: name, WorkGroup: z.string() };
const writeInput = z.object({
  ...place,
  QueryStatement: z.string().min(1).max(262_144),
  Description: z.string().min(1).max(1024).optional(),
});
const nameInput = z.object(place);
const batchInput = z.object({ PreparedStatementNames: z.array(z.string()), WorkGroup: z.string() });
const listInput = z.object({
  WorkGroup: z.string(),
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(1).max(50).default(50),
});

/** `modified` is milliseconds since 1970. */
const kept = z.object({ ...writeInput.shape, modified: z.number() });
type Prepared = z.infer<typeof kept>;

/** The statements prepared in each workgroup. */
export interface PreparedStatements {
  get(workGroup: string, name: string): Prepared | undefined;
  of(workGroup: string): readonly Prepared[];
  put(statement: Omit<Prepared, 'modified'>): void;
  /** Whether there was one. */
  remove(workGroup: string, name: string): boolean;
}

const key = (workGroup: string, statement: string) => `${workGroup}/${statement}`;

const is = (workGroup: string, statement: string) => (one: Prepared) =>
  one.WorkGroup === workGroup && one.StatementName === statement;

/** Opens those of the deployed stacks and those made since, kept in `<dataDir>/athena/prepared-statements.json`. */
export const openPreparedStatements = (cloud: Cloud): PreparedStatements => {
  const made = openKept(join(cloud.dataDir, 'athena', 'prepared-statements.json'), kept);
  const deployed = cloud
    .resources('AWS::Athena::PreparedStatement')
    .map(({ properties }) => ({ ...writeInput.parse(properties), modified: Date.now() }));
  return {
    get: (workGroup, statement) =>
      made.get(key(workGroup, statement)) ?? deployed.find(is(workGroup, statement)),
    of: (workGroup) => {
      const changed = made.all().filter((one) => one.WorkGroup === workGroup);
      const others = deployed.filter(
        (one) => one.WorkGroup === workGroup && !changed.some(is(workGroup, one.StatementName)),
      );
      return [...others, ...changed];
    },
    put: (statement) =>
      made.put(key(statement.WorkGroup, statement.StatementName), { ...statement, modified: Date.now() }),
    remove: (workGroup, statement) => made.remove(key(workGroup, statement)),
  };
};

interface Parts {
  readonly cloud: Cloud;
  readonly prepared: PreparedStatements;
  readonly workGroups: ReadonlyMap<string, WorkGroup>;
}

/** The operations on prepared statements (https://docs.aws.amazon.com/athena/latest/APIReference/). */
export const preparedStatementOperations = (parts: Parts): Record<string, Operation> => ({
  ...readOperations(parts),
  ...writeOperations(parts),
});

const authorize = ({ cloud, workGroups }: Parts, call: Call, action: string, group: string) => {
  workGroupOf(workGroups, group);
  call.authorize(`athena:${action}`, workGroupArn(cloud, group));
};

const found = ({ prepared }: Parts, given: z.infer<typeof nameInput>): Prepared => {
  const statement = prepared.get(given.WorkGroup, given.StatementName);
  if (statement) return statement;
  throw new AwsError(
    'ResourceNotFoundException',
    `PreparedStatement ${given.StatementName} was not found in workGroup ${given.WorkGroup}`,
  );
};

const writeOperations = (parts: Parts): Record<string, Operation> => ({
  CreatePreparedStatement: (input, call) => {
    const given = readInput(writeInput, input);
    authorize(parts, call, 'CreatePreparedStatement', given.WorkGroup);
    if (parts.prepared.get(given.WorkGroup, given.StatementName))
      throw invalid(
        `PreparedStatement ${given.StatementName} already exists in workGroup ${given.WorkGroup}`,
      );
    parts.prepared.put(given);
    return {};
  },
  UpdatePreparedStatement: (input, call) => {
    const given = readInput(writeInput, input);
    authorize(parts, call, 'UpdatePreparedStatement', given.WorkGroup);
    found(parts, given);
    parts.prepared.put(given);
    return {};
  },
  DeletePreparedStatement: (input, call) => {
    const given = readInput(nameInput, input);
    authorize(parts, call, 'DeletePreparedStatement', given.WorkGroup);
    found(parts, given);
    if (parts.prepared.remove(given.WorkGroup, given.StatementName)) return {};
    throw invalid(
      `PreparedStatement ${given.StatementName} belongs to a deployed stack: the local cloud keeps it`,
    );
  },
});

const readOperations = (parts: Parts): Record<string, Operation> => ({
  GetPreparedStatement: (input, call) => {
    const given = readInput(nameInput, input);
    authorize(parts, call, 'GetPreparedStatement', given.WorkGroup);
    return { PreparedStatement: described(found(parts, given)) };
  },
  BatchGetPreparedStatement: (input, call) => {
    const { PreparedStatementNames: names, WorkGroup: group } = readInput(batchInput, input);
    authorize(parts, call, 'BatchGetPreparedStatement', group);
    const missing = names.filter((one) => !parts.prepared.get(group, one));
    return {
      PreparedStatements: names.flatMap((one) => parts.prepared.get(group, one) ?? []).map(described),
      UnprocessedPreparedStatementNames: missing.map((StatementName) => ({
        StatementName,
        ErrorCode: 'STATEMENT_NOT_FOUND',
        ErrorMessage: `PreparedStatement ${StatementName} was not found`,
      })),
    };
  },
  ListPreparedStatements: (input, call) => {
    const { WorkGroup: group, NextToken, MaxResults } = readInput(listInput, input);
    authorize(parts, call, 'ListPreparedStatements', group);
    const { page, ...rest } = paged(parts.prepared.of(group), NextToken, MaxResults);
    const summaries = page.map(({ StatementName, modified }) => ({
      StatementName,
      LastModifiedTime: modified / 1000,
    }));
    return { PreparedStatements: summaries, ...rest };
  },
});

const described = ({ modified, WorkGroup: WorkGroupName, ...statement }: Prepared) => ({
  ...statement,
  WorkGroupName,
  LastModifiedTime: modified / 1000,
});
