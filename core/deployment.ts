import type { Entity } from './schema/entity.ts';
import type { Schema } from './schema/load.ts';

/**
 * The physical names of one deployment, by stage. The stacks give them, the command line finds things by them.
 *
 * @example
 * namesOf('dev').table(order) // tailrace-dev-order
 */
export const namesOf = (stage: string) => ({
  app: `tailrace-${stage}-app`,
  lake: `tailrace-${stage}-lake`,
  table: (entity: Entity) => `tailrace-${stage}-${entity.name}`,
  /** No entity can be called so: names of entities have no hyphen. */
  guards: `tailrace-${stage}-write-guards`,
  /** Answers of marts, for the API to read. */
  insights: `tailrace-${stage}-insights`,
  /** Secrets of the api function that no client ever sees. */
  keys: `tailrace-${stage}-keys`,
  /** The keys that personal values of the lake are sealed under, one a subject. */
  subjectKeys: `tailrace-${stage}-subject-keys`,
  function: (name: string) => `tailrace-${stage}-${name}`,
  deliveryStream: (schema: Schema) => `tailrace-${stage}-${schema.name}`,
  bucket: (account: string, region: string) => `tailrace-${stage}-lake-${account}-${region}`,
  database: `tailrace_${stage}`,
  workgroup: `tailrace-${stage}`,
  /** The workgroup of the refresh, which may say where its tables lie. */
  refreshWorkgroup: `tailrace-${stage}-refresh`,
  /** The state machine that refreshes the lake. */
  refresh: `tailrace-${stage}-refresh`,
  /** The state machine that erases a person. */
  erase: `tailrace-${stage}-erase`,
  /** The state machine that compares tables with the lake. */
  reconcile: `tailrace-${stage}-reconcile`,
  /** The state machine that sends a table to the lake anew. */
  backfill: `tailrace-${stage}-backfill`,
});

/** A stage name is part of bucket, table and database names, so it is short and plain. */
export const STAGE = /^[a-z][a-z0-9]{0,15}$/;

/** Where the refresh keeps how far it has come, in the lake bucket. */
export const STATE_PREFIX = 'state/';

/** Where the curated tables lie, in the lake bucket. */
export const CURATED_PREFIX = 'curated/';

/** Where the change logs lie, in the lake bucket. */
export const CHANGES_PREFIX = 'changes/';

/** Where the events lie, in the lake bucket. */
export const EVENTS_PREFIX = 'events/';

/** Where the tables of the marts lie, in the lake bucket. */
export const MARTS_PREFIX = 'marts/';

/** Where the relay keeps rows that do not fit their schema, in the lake bucket. */
export const QUARANTINE_PREFIX = 'quarantine/relay/';

/** Where tables are exported to, in the lake bucket, by entity. */
export const EXPORTS_PREFIX = 'exports/';

/** Where comparisons of tables with the lake keep what they found, in the lake bucket. */
export const RECONCILE_PREFIX = 'reconcile/';

/** Where backfills keep how far they are, in the lake bucket. */
export const BACKFILL_PREFIX = 'backfill/';

/**
 * Where event source mappings put batches they gave up, in the lake bucket: AWS does, in clear.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export const GIVEN_UP_PREFIX = 'aws/lambda/';

/** Where Firehose puts records it cannot convert, in the lake bucket. */
export const ERRORS_PREFIX = 'errors/';

/** Where each of those records is kept by itself, so that it can be replayed, in the lake bucket. */
export const REJECTED_PREFIX = 'quarantine/firehose/';

/** Where what was replayed, and has arrived, lies for some days more, in the lake bucket. */
export const REPLAYED_PREFIX = 'quarantine/replayed/';
