import { CfnOutput, Stack, Validations, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { namesOf } from '../core/deployment.ts';
import { logTable } from '../core/lake/log-table.ts';
import { entitiesOf, eventsOf, type Schema } from '../core/schema/load.ts';
import type { SavedQuery } from '../core/queries/parse.ts';
import type { Bundles } from './bundle.ts';
import { catalogue } from './catalogue.ts';
import { collector } from './collector.ts';
import { delivery, type Delivery, type DeliverySettings } from './delivery.ts';
import { erase, eraser } from './erase/machine.ts';
import { lakeBucket } from './lake-bucket.ts';
import { proof } from './proof.ts';
import { redrive } from './redrive.ts';
import { refresh } from './refresh/machine.ts';
import { relay } from './relay.ts';
import { savedQueries } from './saved-queries.ts';
import { reveal } from './reveal.ts';
import { sweep } from './sweep.ts';
import { giveKeys, subjectKeyTable } from './subject-keys.ts';
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

const acknowledgeMapping = (scope: Construct): void =>
  Validations.of(scope).acknowledge({
    id: 'CloudFormation-Validate::W7001',
    reason: 'The delivery stream construct brings a mapping that only other destinations use',
  });

/** A delivery stream and its table for each schema, by name. */
const deliveriesOf = (
  scope: Construct,
  stage: string,
  schemas: readonly Schema[],
  place: Pick<DeliverySettings, 'database' | 'bucket'>,
): ReadonlyMap<string, Delivery> => {
  const names = namesOf(stage);
  return new Map(
    schemas.map((schema) => {
      const streamName = names.deliveryStream(schema);
      const settings = { table: logTable(schema), streamName, databaseName: names.database, ...place };
      return [schema.name, delivery(scope, settings)];
    }),
  );
};

/** The analytics path: relay, collector, delivery streams, keys of personal data, bucket, catalogue and views. */
export class LakeStack extends Stack {
  constructor(scope: Construct, id: string, props: LakeStackProps) {
    super(scope, id, props);
    const { stage, schemas, queries, bundles, streamArns, insightsTableArn, apiId, authorizerId } = props;
    const names = namesOf(stage);
    acknowledgeMapping(this);
    const bucket = lakeBucket(this, stage);
    const { database, workgroup, refreshWorkgroup } = catalogue(this, stage, bucket);
    const deliveries = deliveriesOf(this, stage, schemas, { database, bucket });
    const streamOf = (schema: Schema) => deliveries.get(schema.name)!.stream;
    const sources = entitiesOf(schemas).map((entity) => [
      entity.name,
      { streamArn: streamArns[entity.name] ?? '', delivery: streamOf(entity) },
    ]);
    const deliveriesOfEvents = eventsOf(schemas).map(streamOf);
    const sweeper = sweep(this, { stage, bundles, bucket });
    const makers = [
      relay(this, { stage, bundles, bucket, sources: Object.fromEntries(sources) }),
      collector(this, { stage, bundles, apiId, authorizerId, deliveries: deliveriesOfEvents }),
      sweeper,
      redrive(this, { stage, bundles, bucket, deliveries: schemas.map(streamOf) }),
    ];
    const revealer = reveal(this, { stage, bundles });
    const machine = refresh(this, { stage, bundles, bucket, insightsTableArn });
    const entities = entitiesOf(schemas);
    const { machines, sender, comparer } = proof(this, {
      stage,
      bundles,
      bucket,
      entities,
      deliveries: entities.map(streamOf),
    });
    const erasing = { stage, schemas, bundles, bucket, refresh: machine, sweeper };
    const destroyer = eraser(this, erasing);
    const workflows = [machine, ...machines, erase(this, destroyer, erasing)];
    for (const one of workflows) one.node.addDependency(refreshWorkgroup);
    giveKeys(subjectKeyTable(this, names.subjectKeys), {
      makers: [...makers, sender],
      readers: [revealer, comparer],
      destroyer,
    });
    views(this, {
      stage,
      bundles,
      bucket,
      after: [workgroup, refreshWorkgroup, ...[...deliveries.values()].map(({ table }) => table)],
    });
    savedQueries(this, { stage, schemas, queries, workgroup });
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
    new CfnOutput(this, 'DatabaseName', { value: names.database });
    new CfnOutput(this, 'WorkgroupName', { value: names.workgroup });
    new CfnOutput(this, 'RefreshArn', { value: machine.stateMachineArn });
  }
}
