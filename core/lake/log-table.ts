import { ERRORS_PREFIX } from '../deployment.ts';
import type { Schema } from '../schema/load.ts';
import { changeColumns, eventColumns, PARTITION, type Column } from './columns.ts';

/** A table of the lake that Firehose writes: what Glue, Firehose and Athena need to know of it. */
export interface LogTable {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly Column[];
  readonly partition: Column;
  /** Key prefix in the lake bucket, with a trailing slash. */
  readonly prefix: string;
}

const FIRST_DAY = '2026-01-01';

/** The table of an entity's changes (`orders_changes`), or of an event (`product_viewed`). */
export const logTable = (schema: Schema): LogTable =>
  schema.kind === 'entity'
    ? {
        name: `${schema.plural}_changes`,
        description: `Every change of ${schema.plural}, as the stream told it`,
        columns: changeColumns(schema),
        partition: PARTITION,
        prefix: `changes/${schema.name}/`,
      }
    : {
        name: schema.plural,
        description: schema.description,
        columns: eventColumns(schema),
        partition: PARTITION,
        prefix: `events/${schema.name}/`,
      };

/**
 * Table properties that let Athena compute the partitions instead of looking them up.
 * The range ends a day after today: a partition may begin while a query runs.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 */
export const projection = (table: LogTable, bucket: string): Record<string, string> => ({
  'projection.enabled': 'true',
  [`projection.${table.partition.name}.type`]: 'date',
  [`projection.${table.partition.name}.format`]: 'yyyy-MM-dd',
  [`projection.${table.partition.name}.range`]: `${FIRST_DAY},NOW+1DAYS`,
  [`projection.${table.partition.name}.interval`]: '1',
  [`projection.${table.partition.name}.interval.unit`]: 'DAYS',
  'storage.location.template': `s3://${bucket}/${table.prefix}${table.partition.name}=\${${table.partition.name}}/`,
});

/** Where Firehose writes rows, by day of arrival, and where records it cannot convert. */
export const deliveryPrefixes = (table: LogTable) => ({
  data: `${table.prefix}${table.partition.name}=!{timestamp:yyyy-MM-dd}/`,
  errors: `${ERRORS_PREFIX}${table.prefix}!{firehose:error-output-type}/${table.partition.name}=!{timestamp:yyyy-MM-dd}/`,
});
