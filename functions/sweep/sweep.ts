import { ERRORS_PREFIX, GIVEN_UP_PREFIX, namesOf } from '../../core/deployment.ts';
import { subjectReader, type ReadSubject } from '../../core/lake/row-subject.ts';
import { QUARANTINE_SUBJECT } from '../../core/privacy/subject.ts';
import { parseGivenUp, type GivenUp } from '../../core/quarantine/given-up.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { quarantineObject, type Misfit } from '../relay/quarantine.ts';
import { misfitSubject, tableOf, type SourceRecord } from '../relay/sort.ts';
import { inParallel } from '../shared/parallel.ts';
import type { SweepPorts } from './ports.ts';
import { takeErrors } from './rejected.ts';

/** What a run did. */
export interface Swept {
  readonly objects: number;
  readonly records: number;
  /** Objects that are no batch of records; they were kept whole. */
  readonly unread: number;
  /** Objects that could not be taken apart now, and are still there. */
  readonly errors: readonly unknown[];
}

/** What one run knows of itself. */
export interface SweepRun {
  readonly now: () => Date;
  readonly functionVersion: string;
  /** Whether there is time for one object more. */
  readonly hasTime: () => boolean;
}

const MOST_WRITES = 16;

/** In the place of an entity, where none can be told. */
const UNKNOWN = { name: 'unknown', fields: [], version: 0 };

interface Target {
  readonly entity: Entity;
  readonly subjectOf: ReadSubject;
}

type FindTarget = (record: SourceRecord) => Target | undefined;

const toMisfit = (record: SourceRecord, { condition, tried }: GivenUp, findTarget: FindTarget): Misfit => {
  const target = findTarget(record);
  const kept = { record, reason: [], givenUp: { condition, tried } };
  return target
    ? { ...kept, entity: target.entity, subject: misfitSubject(record, target.subjectOf) }
    : { ...kept, entity: UNKNOWN, subject: QUARANTINE_SUBJECT };
};

/** What is no batch is kept as if it were one record, whose text is all of it. */
const wholeOf = (key: string, text: string, now: Date): Misfit => ({
  entity: UNKNOWN,
  record: {
    eventID: key,
    eventName: 'UNKNOWN',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(now.getTime() / 1000),
      NewImage: { text: { S: text } },
    },
  },
  reason: [],
  givenUp: { condition: 'Unreadable', tried: 0 },
  subject: QUARANTINE_SUBJECT,
});

type Counts = Omit<Swept, 'errors'>;

const NOTHING: Counts = { objects: 0, records: 0, unread: 0 };

const added = (one: Counts, other: Counts): Counts => ({
  objects: one.objects + other.objects,
  records: one.records + other.records,
  unread: one.unread + other.unread,
});

/** Does each object by itself: one that fails again and again keeps no other from its turn. */
const each = async (
  keys: AsyncIterable<string>,
  hasTime: () => boolean,
  sweepOne: (key: string) => Promise<Counts>,
): Promise<Swept> => {
  const errors: unknown[] = [];
  let total = NOTHING;
  for await (const key of keys) {
    if (!hasTime()) break;
    try {
      total = added(total, await sweepOne(key));
    } catch (error) {
      errors.push(error);
    }
  }
  return { ...total, errors };
};

/**
 * Compiles the sweep of one stage: what event source mappings gave up lies in the bucket in clear, as AWS writes it. Each record
 * becomes a quarantine object, sealed under the key of its subject, and the original is removed once all of it is kept. What
 * Firehose could not convert is sealed already; each record of it is kept by itself too, to be replayed. Done again, or by two at
 * once, it comes to the same.
 *
 * @example
 * const sweep = createSweep('dev', entities, ports);
 * const { objects, records } = await sweep(run);
 */
export const createSweep = (stage: string, entities: readonly Entity[], ports: SweepPorts) => {
  const targets = new Map(
    entities.map((entity) => [namesOf(stage).table(entity), { entity, subjectOf: subjectReader(entity) }]),
  );
  const findTarget: FindTarget = (record) => targets.get(tableOf(record) ?? '');
  const keepAll = async (misfits: readonly Misfit[], { now, functionVersion }: SweepRun): Promise<void> => {
    const keys = await ports.readKeys(new Set(misfits.map(({ subject }) => subject)));
    await inParallel(misfits, MOST_WRITES, async (misfit) => {
      const key = keys.get(misfit.subject);
      if (key === undefined) throw new Error('The key to quarantine a record under was not read.');
      await ports.keep(quarantineObject(misfit, key, { now: now(), functionVersion }));
    });
  };
  const takeBatch = async (key: string, run: SweepRun): Promise<Counts> => {
    const text = await ports.read(key);
    if (text === undefined) return NOTHING;
    const batch = parseGivenUp(text);
    const misfits = batch
      ? batch.records.map((record) => toMisfit(record, batch, findTarget))
      : [wholeOf(key, text, run.now())];
    await keepAll(misfits, run);
    await ports.remove(key);
    return { objects: 1, records: batch?.records.length ?? 0, unread: batch ? 0 : 1 };
  };
  return async (run: SweepRun): Promise<Swept> => {
    const givenUp = await each(ports.list(GIVEN_UP_PREFIX), run.hasTime, (key) => takeBatch(key, run));
    const rejected = await each(ports.list(ERRORS_PREFIX), run.hasTime, async (key) => ({
      ...NOTHING,
      objects: 1,
      records: await takeErrors(ports, key, run.now()),
    }));
    return { ...added(givenUp, rejected), errors: [...givenUp.errors, ...rejected.errors] };
  };
};
