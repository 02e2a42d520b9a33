import { changeRowWriter, imageOf, type StreamRecord, type WriteRow } from '../../core/lake/change-row.ts';
import { keyReader, subjectReader, type ReadSubject } from '../../core/lake/row-subject.ts';
import { QUARANTINE_SUBJECT } from '../../core/privacy/subject.ts';
import type { SubjectKeys } from '../../core/privacy/subject-key.ts';
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

/** A misfit, with its place in the batch. */
export interface BatchMisfit extends Misfit {
  readonly position: number;
}

/** A batch, sorted into what can be sent and what cannot. */
export interface SortedBatch {
  readonly groups: readonly EntityRows[];
  readonly misfits: readonly BatchMisfit[];
  /** Gives the memory of the rows back, when nobody will look at them any more. */
  readonly done: () => void;
}

const TABLE = /:table\/([^/]+)\/stream\//;

/** The table whose stream a record is of. */
export const tableOf = ({ eventSourceARN = '' }: Pick<SourceRecord, 'eventSourceARN'>): string | undefined =>
  TABLE.exec(eventSourceARN)?.[1];

const tooLarge = [{ pointer: '', message: `The row is larger than ${MAX_RECORD_BYTES} bytes` }];

const unknownTable = (arn: string, tables: Iterable<string>): Error =>
  new Error(
    `The record's eventSourceARN ${JSON.stringify(arn)} is no stream of a known table (${[...tables].join(', ')}). ` +
      'Deploy the relay with the schema of that table, or remove the event source mapping.',
  );

interface Target {
  readonly entity: Entity;
  readonly writeRow: WriteRow;
  /** Whose key a row takes, if it takes one. */
  readonly keyOf: ReadSubject;
  /** Whose data an image is. */
  readonly subjectOf: ReadSubject;
}

const compile = (entity: Entity): Target => ({
  entity,
  writeRow: changeRowWriter(entity),
  keyOf: keyReader(entity),
  subjectOf: subjectReader(entity),
});

type FindTarget = (arn: string | undefined) => Target;

/** Neighbours nearly always come from one stream, so the last answer is kept. */
const targetFinder = (entities: ReadonlyMap<string, Entity>): FindTarget => {
  const compiled = new Map([...entities].map(([table, entity]) => [table, compile(entity)]));
  let last: { arn: string; target: Target } | undefined;
  return (arn = '') => {
    if (last?.arn === arn) return last.target;
    const target = compiled.get(tableOf({ eventSourceARN: arn }) ?? '');
    if (!target) throw unknownTable(arn, entities.keys());
    last = { arn, target };
    return target;
  };
};

/** Memory above this is not kept for the next batch. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024;

/**
 * Lends memory for the rows of a batch and takes it back: fresh memory costs more than what is written to it. What is
 * lent is nobody else's until it is given back, and need not be.
 */
const rowLender = () => {
  const kept = new Map<Entity, Rows>();
  return {
    lend: (entity: Entity): Rows => {
      const rows = kept.get(entity) ?? createRows();
      kept.delete(entity);
      return rows;
    },
    takeBack: ({ entity, rows: { sink } }: EntityRows): void => {
      if (sink.bytes.length > MOST_KEPT_BYTES) return;
      sink.at = 0;
      kept.set(entity, { sink, ends: [] });
    },
  };
};

const subjectsIn = (findTarget: FindTarget, records: readonly SourceRecord[]): Set<string> => {
  const subjects = new Set<string>();
  for (const record of records) {
    const image = imageOf(record);
    const subject = image && findTarget(record.eventSourceARN).keyOf(image);
    if (subject !== undefined) subjects.add(subject);
  }
  return subjects;
};

/** Under whose key a record is kept that becomes no row. */
export const misfitSubject = (record: StreamRecord, subjectOf: ReadSubject): string => {
  const image = imageOf(record);
  return (image && subjectOf(image)) ?? QUARANTINE_SUBJECT;
};

/** Sorts batches of stream records. */
export interface BatchSorter {
  /** Whose keys the rows of a batch take. */
  readonly subjects: (records: readonly SourceRecord[]) => Set<string>;
  readonly sort: (records: readonly SourceRecord[], keys: SubjectKeys) => SortedBatch;
}

/**
 * Compiles entities, by table name, into what sorts a batch of stream records. It throws for a record of a table it does not
 * know: that is a wrong deployment, and the batch must stay in the stream.
 *
 * @example
 * const sorter = batchSorter(new Map([['tailrace-dev-order', order]]));
 * const keys = await readKeys(sorter.subjects(event.Records));
 * const { groups, misfits } = sorter.sort(event.Records, keys);
 */
export const batchSorter = (entities: ReadonlyMap<string, Entity>): BatchSorter => {
  const findTarget = targetFinder(entities);
  const { lend, takeBack } = rowLender();
  const sort: BatchSorter['sort'] = (records, keys) => {
    const groups = new Map<Entity, EntityRows>();
    const misfits: BatchMisfit[] = [];
    let group: EntityRows | undefined;
    for (let position = 0; position < records.length; position += 1) {
      const record = records[position] as SourceRecord;
      const { entity, writeRow, subjectOf } = findTarget(record.eventSourceARN);
      if (group?.entity !== entity) {
        group = groups.get(entity) ?? { entity, rows: lend(entity), positions: [] };
        groups.set(entity, group);
      }
      const reason = writeRow(record, group.rows.sink, keys) ?? (endRow(group.rows) ? undefined : tooLarge);
      if (reason)
        misfits.push({ position, entity, record, reason, subject: misfitSubject(record, subjectOf) });
      else group.positions.push(position);
    }
    const sorted = [...groups.values()];
    return { groups: sorted, misfits, done: () => sorted.forEach(takeBack) };
  };
  return { subjects: (records) => subjectsIn(findTarget, records), sort };
};
