import { App, Tags } from 'aws-cdk-lib';
import { namesOf } from '../core/deployment.ts';
import type { SavedQuery } from '../core/queries/parse.ts';
import type { Schema } from '../core/schema/load.ts';
import { AppStack } from './app-stack.ts';
import type { Bundles } from './bundle.ts';
import { LakeStack } from './lake-stack.ts';

/** Adds both stacks of one stage to an app: the application path, and the analytics path that follows it. */
export const addStacks = (
  app: App,
  {
    stage,
    schemas,
    queries = [],
    bundles,
    origins = [],
  }: {
    stage: string;
    schemas: readonly Schema[];
    queries?: readonly SavedQuery[];
    bundles: Bundles;
    origins?: readonly string[];
  },
): void => {
  const names = namesOf(stage);
  const application = new AppStack(app, names.app, {
    stage,
    schemas,
    queries,
    bundles,
    origins,
    description: 'Tailrace: the application path',
  });
  new LakeStack(app, names.lake, {
    stage,
    schemas,
    queries,
    bundles,
    description: 'Tailrace: the analytics path',
    streamArns: application.streamArns,
    insightsTableArn: application.insightsTableArn,
    apiId: application.api.apiId,
    authorizerId: application.authorizer.authorizerId,
  });
  Tags.of(app).add('tailrace:stage', stage);
};
