import { changeRowWriter, type StreamRecord, type WriteRow } from '../../core/lake/change-row.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { MAX_RECORD_BYTES } from '../shared/firehose/limits.ts';
import { createRows, endRow, type Rows } from '../shared/firehose/pack.ts';
import type { Misfit } from './quarantine.ts';

/** A stream record as the function is given it. */
export interface SourceRecord extends StreamRecord {
  readonly eventSourceARN?: string;
}

/** Rows of one entity in stream order; `positions[i]` is the place in the batch of the row at `i`. */
export interface EntityRows {
  readonly entity: Entity;
  readonly rows: Rows;
  readonly positions: number[];
}

/** A batch, sorted into what can be sent and what cannot. */
export interface SortedBatch {
  readonly groups: readonly EntityRows[];
  readonly misfits: readonly Misfit[];
}

const TABLE = /:table\/([^/]+)\/stream\//;

const tooLarge = [{ pointer: '', message: `The row is larger than ${MAX_RECORD_BYTES} bytes` }];

const unknownTable = (arn: string, tables: Iterable<string>): Error =>
  new Error(
    `The record's eventSourceARN ${JSON.stringify(arn)} is no stream of a known table (${[...tables].join(', ')}). ` +
      'Deploy the relay with the schema of that table, or remove the event source mapping.',
  );

interface Target {
  readonly entity: Entity;
  readonly writeRow: WriteRow;
}

/** Neighbours nearly always come from one stream, so the last answer is kept. */
const targetFinder = (entities: ReadonlyMap<string, Entity>): ((arn: string | undefined) => Target) => {
  const compiled = new Map(
    [...entities].map(([table, entity]) => [table, { entity, writeRow: changeRowWriter(entity) }]),
  );
  let last: { arn: string; target: Target } | undefined;
  return (arn = '') => {
    if (last?.arn === arn) return last.target;
    const target = compiled.get(TABLE.exec(arn)?.[1] ?? '');
    if (!target) throw unknownTable(arn, entities.keys());
    last = { arn, target };
    return target;
  };
};

const HEADROOM = 1.1;

/** Makes groups with room for as much as the last batch of the entity was. */
const groupMaker = () => {
  const sizes = new Map<Entity, number>();
  return {
    make: (entity: Entity): EntityRows => ({ entity, rows: createRows(sizes.get(entity)), positions: [] }),
    remember: ({ entity, rows }: EntityRows): void => {
      sizes.set(entity, Math.ceil(rows.sink.at * HEADROOM));
    },
  };
};

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
  const findTarget = targetFinder(entities);
  const { make, remember } = groupMaker();
  return (records) => {
    const groups = new Map<Entity, EntityRows>();
    const misfits: Misfit[] = [];
    let group: EntityRows | undefined;
    for (let position = 0; position < records.length; position += 1) {
      const record = records[position] as SourceRecord;
      const { entity, writeRow } = findTarget(record.eventSourceARN);
      if (group?.entity !== entity) {
        group = groups.get(entity) ?? make(entity);
        groups.set(entity, group);
      }
      const reason = writeRow(record, group.rows.sink) ?? (endRow(group.rows) ? undefined : tooLarge);
      if (reason) misfits.push({ position, entity, record, reason });
      else group.positions.push(position);
    }
    for (const made of groups.values()) remember(made);
    return { groups: [...groups.values()], misfits };
  };
};
