import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { Operation } from '../gateway/json.ts';
import type { Call, Cloud } from '../service.ts';
import { invalid, paged, readInput } from './input.ts';
import { openKept } from '../kept.ts';
import { workGroupArn, workGroupOf, type WorkGroup } from './workgroups.ts';

const query = {
  Name: z.string().min(1).max(128),
  Description: z.string().min(1).max(1024).optional(),
  QueryString: z.string().min(1).max(262_144),
};
const created = z.object({
  ...query,
  Database: z.string().min(1).max(255),
  WorkGroup: z.string().default('primary'),
});
const createInput = z.object({
  ...created.shape,
  ClientRequestToken: z.string().min(32).max(128).optional(),
});
const updateInput = z.object({ ...query, NamedQueryId: z.string() });
const idInput = z.object({ NamedQueryId: z.string() });
const batchInput = z.object({ NamedQueryIds: z.array(z.string()).min(1).max(50) });
const listInput = z.object({
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(0).max(50).default(50),
  WorkGroup: z.string().default('primary'),
});

const kept = z.object({ ...created.shape, NamedQueryId: z.string(), token: z.string().optional() });
type NamedQuery = z.infer<typeof kept>;

/** What a template says of one: its name may be missing there. */
const templated = z.looseObject({ ...created.shape, Name: z.string().optional() });

/** The saved queries of the deployed stacks and those made since, kept in `<dataDir>/athena/named-queries.json`. */
const openNamedQueries = (cloud: Cloud) => {
  const made = openKept(join(cloud.dataDir, 'athena', 'named-queries.json'), kept);
  const deployed = cloud.resources('AWS::Athena::NamedQuery').map((resource): NamedQuery => {
    const { Name = resource.logicalId, ...rest } = templated.parse(resource.properties);
    return kept.parse({ ...rest, Name, NamedQueryId: resource.ref });
  });
  return { made, deployed, all: () => [...deployed, ...made.all()] };
};

interface Parts {
  readonly cloud: Cloud;
  readonly workGroups: ReadonlyMap<string, WorkGroup>;
  readonly queries: ReturnType<typeof openNamedQueries>;
}

/** The operations on saved queries (https://docs.aws.amazon.com/athena/latest/APIReference/). */
export const namedQueryOperations = (
  cloud: Cloud,
  workGroups: ReadonlyMap<string, WorkGroup>,
): Record<string, Operation> => {
  const parts = { cloud, workGroups, queries: openNamedQueries(cloud) };
  return { ...readOperations(parts), ...writeOperations(parts) };
};

const permitted = ({ cloud, queries }: Parts, id: string, action: string, call: Call): NamedQuery => {
  const found = queries.all().find((one) => one.NamedQueryId === id);
  if (!found) throw notFound(id);
  call.authorize(action, workGroupArn(cloud, found.WorkGroup));
  return found;
};

const notFound = (id: string) => invalid(`NamedQuery ${id} was not found`);

const readOperations = (parts: Parts): Record<string, Operation> => ({
  GetNamedQuery: (input, call) => {
    const { NamedQueryId } = readInput(idInput, input);
    return { NamedQuery: shown(permitted(parts, NamedQueryId, 'athena:GetNamedQuery', call)) };
  },
  BatchGetNamedQuery: (input, call) => {
    const ids = readInput(batchInput, input).NamedQueryIds;
    const known = new Set(parts.queries.all().map(({ NamedQueryId }) => NamedQueryId));
    return {
      NamedQueries: ids
        .filter((id) => known.has(id))
        .map((id) => shown(permitted(parts, id, 'athena:BatchGetNamedQuery', call))),
      UnprocessedNamedQueryIds: ids
        .filter((id) => !known.has(id))
        .map((id) => ({
          NamedQueryId: id,
          ErrorCode: 'INVALID_INPUT',
          ErrorMessage: notFound(id).message,
        })),
    };
  },
  ListNamedQueries: (input, call) => {
    const { WorkGroup: group, NextToken, MaxResults } = readInput(listInput, input);
    workGroupOf(parts.workGroups, group);
    call.authorize('athena:ListNamedQueries', workGroupArn(parts.cloud, group));
    const ids = parts.queries.all().flatMap((one) => (one.WorkGroup === group ? [one.NamedQueryId] : []));
    const { page, ...rest } = paged(ids, NextToken, MaxResults || 50);
    return { NamedQueryIds: page, ...rest };
  },
});

const writeOperations = (parts: Parts): Record<string, Operation> => ({
  CreateNamedQuery: (input, call) => {
    const { ClientRequestToken: token, ...given } = readInput(createInput, input);
    workGroupOf(parts.workGroups, given.WorkGroup);
    call.authorize('athena:CreateNamedQuery', workGroupArn(parts.cloud, given.WorkGroup));
    const { made } = parts.queries;
    const earlier = token === undefined ? undefined : made.all().find((one) => one.token === token);
    if (earlier) return { NamedQueryId: earlier.NamedQueryId };
    const id = randomUUID();
    made.put(id, { ...given, NamedQueryId: id, ...(token !== undefined && { token }) });
    return { NamedQueryId: id };
  },
  UpdateNamedQuery: (input, call) => {
    const given = readInput(updateInput, input);
    const { Description: _, ...rest } = own(parts, given.NamedQueryId, 'athena:UpdateNamedQuery', call);
    parts.queries.made.put(given.NamedQueryId, { ...rest, ...given });
    return {};
  },
  DeleteNamedQuery: (input, call) => {
    const { NamedQueryId } = readInput(idInput, input);
    own(parts, NamedQueryId, 'athena:DeleteNamedQuery', call);
    parts.queries.made.remove(NamedQueryId);
    return {};
  },
});

/** A query that may be changed: one no stack deployed. */
const own = (parts: Parts, id: string, action: string, call: Call): NamedQuery => {
  const found = permitted(parts, id, action, call);
  if (!parts.queries.deployed.includes(found)) return found;
  throw invalid(
    `NamedQuery ${id} belongs to a deployed stack: the local cloud keeps it. Change the stack instead.`,
  );
};

const shown = ({ NamedQueryId, Name, Description, Database, QueryString, WorkGroup: group }: NamedQuery) => ({
  NamedQueryId,
  Name,
  Description,
  Database,
  QueryString,
  WorkGroup: group,
});
