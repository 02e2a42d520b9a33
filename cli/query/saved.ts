import {
  BatchGetNamedQueryCommand,
  paginateListNamedQueries,
  type AthenaClient,
  type NamedQuery,
} from '@aws-sdk/client-athena';
import { UserError } from '../errors.ts';

/** The saved queries of a workgroup, in order of their names. */
export const listSaved = async (client: AthenaClient, workgroup: string): Promise<NamedQuery[]> => {
  const found: NamedQuery[] = [];
  for await (const { NamedQueryIds = [] } of paginateListNamedQueries({ client }, { WorkGroup: workgroup })) {
    if (NamedQueryIds.length === 0) continue;
    const { NamedQueries = [] } = await client.send(new BatchGetNamedQueryCommand({ NamedQueryIds }));
    found.push(...NamedQueries);
  }
  return found.toSorted((one, other) => (one.Name ?? '').localeCompare(other.Name ?? ''));
};

/** The SQL of a saved query. Throws UserError that names those there are. */
export const findSaved = async (client: AthenaClient, workgroup: string, name: string): Promise<string> => {
  const saved = await listSaved(client, workgroup);
  const query = saved.find(({ Name }) => Name === name);
  if (query?.QueryString !== undefined) return query.QueryString;
  const names = saved.map(({ Name }) => Name).join(', ');
  throw new UserError(
    `There is no saved query "${name}".`,
    names === '' ? 'Deploy one: a file in queries/.' : `Known are ${names}.`,
  );
};
