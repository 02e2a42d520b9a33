import { CfnOutput } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { backfill, backfiller, type BackfillProps } from './backfill/machine.ts';
import { reconcile } from './reconcile/machine.ts';

export interface Proof {
  readonly machines: readonly StateMachine[];
  /** The function that sends rows anew, and seals them. */
  readonly sender: LambdaFunction;
  /** The function that compares, and reads keys to do so. */
  readonly comparer: LambdaFunction;
}

/** What proves that the lake equals the tables, and makes it so again: comparison, repair and backfill. */
export const proof = (scope: Construct, props: BackfillProps): Proof => {
  const sender = backfiller(scope, props);
  const filling = backfill(scope, sender, props);
  const { machine, comparer } = reconcile(scope, { ...props, backfiller: sender });
  new CfnOutput(scope, 'ReconcileArn', { value: machine.stateMachineArn });
  new CfnOutput(scope, 'BackfillArn', { value: filling.stateMachineArn });
  return { machines: [filling, machine], sender, comparer };
};
