import { CfnNamedQuery, type CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { Construct } from 'constructs';
import { namesOf } from '../core/deployment.ts';
import { savedText } from '../core/marts/statements.ts';
import type { SavedQuery } from '../core/queries/parse.ts';
import type { Schema } from '../core/schema/load.ts';

export interface SavedQueriesSettings {
  readonly stage: string;
  readonly schemas: readonly Schema[];
  readonly queries: readonly SavedQuery[];
  /** Where analysts ask, and find them. */
  readonly workgroup: CfnWorkGroup;
}

/** Every query of the store as a named query of Athena: in its console, for every client, and for `tailrace query --saved`. */
export const savedQueries = (
  scope: Construct,
  { stage, schemas, queries, workgroup }: SavedQueriesSettings,
): void => {
  const { database } = namesOf(stage);
  for (const query of queries) {
    const named = new CfnNamedQuery(scope, `${query.name}-query`, {
      name: query.name,
      description: query.question,
      database,
      workGroup: workgroup.name,
      queryString: savedText(query, schemas, database),
    });
    named.addResourceDependency(workgroup);
  }
};
