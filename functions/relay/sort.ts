import { changeRow, type StreamRecord } from '../../core/lake/change-row.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { MAX_RECORD_BYTES } from '../shared/firehose/limits.ts';
import { fitsRecord } from '../shared/firehose/pack.ts';
import type { Misfit } from './quarantine.ts';

/** A stream record as the function is given it. */
export interface SourceRecord extends StreamRecord {
  readonly eventSourceARN?: string;
}

/** Rows of one entity in stream order; `positions[i]` is the place of `rows[i]` in the batch. */
export interface EntityRows {
  readonly entity: Entity;
  readonly rows: string[];
  readonly positions: number[];
}

/** A batch, sorted into what can be sent and what cannot. */
export interface SortedBatch {
  readonly groups: readonly EntityRows[];
  readonly misfits: readonly Misfit[];
}

const TABLE = /:table\/([^/]+)\/stream\//;

const tooLarge = [{ pointer: '', message: `The row is larger than ${MAX_RECORD_BYTES} bytes` }];

const unknownTable = (arn: string | undefined, tables: Iterable<string>): Error =>
  new Error(
    `The record's eventSourceARN ${JSON.stringify(arn)} is no stream of a known table (${[...tables].join(', ')}). ` +
      'Deploy the relay with the schema of that table, or remove the event source mapping.',
  );

/**
 * Compiles entities, by table name, into a function that sorts a batch of stream records. It throws for a record of
 * a table it does not know: that is a wrong deployment, and the batch must stay in the stream.
 *
 * @example
 * const sortBatch = batchSorter(new Map([['tailrace-dev-order', order]]));
 * const { groups, misfits } = sortBatch(event.Records);
 */
export const batchSorter = (
  entities: ReadonlyMap<string, Entity>,
): ((records: readonly SourceRecord[]) => SortedBatch) => {
  const compiled = new Map([...entities].map(([table, entity]) => [table, { entity, toRow: changeRow(entity) }]));
  return (records) => {
    const groups = new Map<Entity, EntityRows>();
    const misfits: Misfit[] = [];
    for (const [position, record] of records.entries()) {
      const target = compiled.get(TABLE.exec(record.eventSourceARN ?? '')?.[1] ?? '');
      if (!target) throw unknownTable(record.eventSourceARN, entities.keys());
      const { entity, toRow } = target;
      const row = toRow(record);
      if (!row.ok) misfits.push({ position, entity, record, reason: row.issues });
      else if (!fitsRecord(row.json)) misfits.push({ position, entity, record, reason: tooLarge });
      else {
        const group = groups.get(entity) ?? { entity, rows: [], positions: [] };
        groups.set(entity, group);
        group.rows.push(row.json);
        group.positions.push(position);
      }
    }
    return { groups: [...groups.values()], misfits };
  };
};
