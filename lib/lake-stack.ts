import { CfnOutput, Stack, Validations, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { namesOf } from '../core/deployment.ts';
import { logTable } from '../core/lake/log-table.ts';
import { entitiesOf, eventsOf, type Schema } from '../core/schema/load.ts';
import type { SavedQuery } from '../core/queries/parse.ts';
import { backfill, backfiller } from './backfill/machine.ts';
import type { Bundles } from './bundle.ts';
import { catalogue } from './catalogue.ts';
import { collector } from './collector.ts';
import { delivery } from './delivery.ts';
import { erase } from './erase/machine.ts';
import { lakeBucket } from './lake-bucket.ts';
import { reconcile } from './reconcile/machine.ts';
import { redrive } from './redrive.ts';
import { refresh } from './refresh/machine.ts';
import { relay } from './relay.ts';
import { savedQueries } from './saved-queries.ts';
import { reveal } from './reveal.ts';
import { sweep } from './sweep.ts';
import { mayDestroyKeys, mayMakeKeys, mayReadKeys, readByAlone, subjectKeyTable } from './subject-keys.ts';
import { views } from './views.ts';

export interface LakeStackProps extends StackProps {
  readonly stage: string;
  readonly schemas: readonly Schema[];
  readonly queries: readonly SavedQuery[];
  readonly bundles: Bundles;
  readonly streamArns: Readonly<Record<string, string>>;
  /** The application's table that published answers are put into. */
  readonly insightsTableArn: string;
  /** The application's API, which the collector adds its one route to. */
  readonly apiId: string;
  readonly authorizerId: string;
}

const putOut = (stack: Stack, outputs: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
};

/** The analytics path: relay, collector, delivery streams, keys of personal data, bucket, catalogue and views. */
export class LakeStack extends Stack {
  constructor(scope: Construct, id: string, props: LakeStackProps) {
    super(scope, id, props);
    const { stage, schemas, queries, bundles, streamArns, insightsTableArn, apiId, authorizerId } = props;
    const names = namesOf(stage);
    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W7001',
      reason: 'The delivery stream construct brings a mapping that only other destinations use',
    });
    const bucket = lakeBucket(this, stage);
    const { database, workgroup, refreshWorkgroup } = catalogue(this, stage, bucket);
    const deliveries = new Map(
      schemas.map((schema) => {
        const settings = {
          table: logTable(schema),
          streamName: names.deliveryStream(schema),
          database,
          databaseName: names.database,
          bucket,
        };
        return [schema.name, delivery(this, settings)];
      }),
    );
    const streamOf = (schema: Schema) => deliveries.get(schema.name)!.stream;
    const sources = entitiesOf(schemas).map((entity) => [
      entity.name,
      { streamArn: streamArns[entity.name] ?? '', delivery: streamOf(entity) },
    ]);
    const sweeper = sweep(this, { stage, bundles, bucket });
    const makers = [
      relay(this, { stage, bundles, bucket, sources: Object.fromEntries(sources) }),
      collector(this, { stage, bundles, apiId, authorizerId, deliveries: eventsOf(schemas).map(streamOf) }),
      sweeper,
      redrive(this, { stage, bundles, bucket, deliveries: schemas.map(streamOf) }),
    ];
    const revealer = reveal(this, { stage, bundles });
    const machine = refresh(this, { stage, bundles, bucket, insightsTableArn });
    const erasure = erase(this, { stage, schemas, bundles, bucket, refresh: machine, sweeper });
    const entities = entitiesOf(schemas);
    const again = { stage, bundles, bucket, entities, deliveries: entities.map(streamOf) };
    const sender = backfiller(this, again);
    const comparison = reconcile(this, { ...again, backfiller: sender });
    const keys = subjectKeyTable(this, names.subjectKeys);
    for (const maker of [...makers, sender]) mayMakeKeys(keys, maker);
    for (const reader of [revealer, comparison.comparer]) mayReadKeys(keys, reader);
    mayDestroyKeys(keys, erasure.handler);
    readByAlone(keys, [...makers, sender, revealer, comparison.comparer, erasure.handler]);
    const logs = [...deliveries.values()].map(({ table }) => table);
    views(this, { stage, bundles, bucket, after: [workgroup, refreshWorkgroup, ...logs] });
    savedQueries(this, { stage, schemas, queries, workgroup });
    const filling = backfill(this, sender, again);
    const machines = [machine, erasure.machine, filling, comparison.machine];
    for (const one of machines) one.node.addDependency(refreshWorkgroup);
    putOut(this, {
      BucketName: bucket.bucketName,
      DatabaseName: names.database,
      WorkgroupName: names.workgroup,
      RefreshArn: machine.stateMachineArn,
      ReconcileArn: comparison.machine.stateMachineArn,
      BackfillArn: filling.stateMachineArn,
    });
  }
}
