import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Bundles } from './bundle.ts';
import { deployFunction } from './function.ts';

/** The one way from a token back to its value. Nothing in the stacks may invoke it: people get the right one by one. */
export const reveal = (
  scope: Construct,
  { stage, bundles }: { readonly stage: string; readonly bundles: Bundles },
): LambdaFunction =>
  deployFunction(scope, 'Reveal', {
    name: 'reveal',
    stage,
    bundles,
    description: 'Reads sealed personal values to whoever may invoke it',
    timeout: Duration.seconds(30),
    memorySize: 512,
  });
