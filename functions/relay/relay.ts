import { namesOf } from '../../core/deployment.ts';
import type { SubjectKeys } from '../../core/privacy/subject-key.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { billedBytes } from '../shared/firehose/limits.ts';
import { packRows } from '../shared/firehose/pack.ts';
import { sendRecords, type Patience } from '../shared/firehose/send.ts';
import { inParallel } from '../shared/parallel.ts';
import type { RelayPorts } from './ports.ts';
import { quarantineObject } from './quarantine.ts';
import { batchSorter, type BatchMisfit, type EntityRows, type SourceRecord } from './sort.ts';

/** Where the relay runs, and what one invocation is told. */
export interface Invocation {
  readonly patience: Patience;
  readonly functionVersion: string;
  readonly now: Date;
}

/** What the relay did with one batch. `failures` are in the words of ReportBatchItemFailures. */
export interface Outcome {
  readonly relayed: number;
  readonly quarantined: readonly BatchMisfit[];
  /** Records that will be delivered again: those given up, and all after the first of them. */
  readonly failed: number;
  readonly payloadBytes: number;
  readonly billedBytes: number;
  readonly errors: readonly unknown[];
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

interface GroupResult {
  readonly relayed: number;
  readonly payloadBytes: number;
  readonly billedBytes: number;
  readonly failedPositions: readonly number[];
  readonly error?: unknown;
}

const MAX_QUARANTINE_WRITES = 16;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const positionsOf = ({ positions }: EntityRows, first: number, count: number): number[] =>
  positions.slice(first, first + count);

const sendGroup = async (
  stage: string,
  ports: RelayPorts,
  group: EntityRows,
  patience: Patience,
): Promise<GroupResult> => {
  const stream = namesOf(stage).deliveryStream(group.entity);
  const sent = await sendRecords(ports.putBatch, stream, packRows(group.rows), patience);
  return {
    relayed: sum(sent.taken.map(({ count }) => count)),
    payloadBytes: sum(sent.taken.map(({ data }) => data.length)),
    billedBytes: sum(sent.taken.map(({ data }) => billedBytes(data.length))),
    failedPositions: sent.failed.flatMap(({ first, count }) => positionsOf(group, first, count)),
    error: sent.error,
  };
};

interface QuarantineResult {
  readonly misfit: BatchMisfit;
  readonly kept: boolean;
  readonly error?: unknown;
}

const quarantineOne = async (
  ports: RelayPorts,
  misfit: BatchMisfit,
  keys: SubjectKeys,
  invocation: Invocation,
): Promise<QuarantineResult> => {
  try {
    const key = keys.get(misfit.subject);
    if (key === undefined) throw new Error('The key to quarantine a record under was not read.');
    await ports.quarantine(quarantineObject(misfit, key, invocation));
    return { misfit, kept: true };
  } catch (error) {
    return { misfit, kept: false, error };
  }
};

const quarantine = async (
  ports: RelayPorts,
  misfits: readonly BatchMisfit[],
  invocation: Invocation,
): Promise<QuarantineResult[]> => {
  if (misfits.length === 0) return [];
  try {
    const keys = await ports.readKeys(new Set(misfits.map(({ subject }) => subject)));
    return await inParallel(misfits, MAX_QUARANTINE_WRITES, (misfit) =>
      quarantineOne(ports, misfit, keys, invocation),
    );
  } catch (error) {
    return misfits.map((misfit) => ({ misfit, kept: false, error }));
  }
};

const sendGroups = async (
  stage: string,
  ports: RelayPorts,
  groups: readonly EntityRows[],
  patience: Patience,
): Promise<GroupResult[]> => {
  const results: GroupResult[] = [];
  for (const group of groups) results.push(await sendGroup(stage, ports, group, patience));
  return results;
};

/**
 * The failures to report: the first failed record alone. Lambda sets its checkpoint at the lowest sequence number
 * it is told and delivers everything from there on again, so later ones need no mention.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
const reportFrom = (records: readonly SourceRecord[], first: number): Outcome['batchItemFailures'] =>
  first === Infinity ? [] : [{ itemIdentifier: records[first]?.dynamodb?.SequenceNumber ?? '' }];

/** Nothing of a batch was done: without keys, rows would have to wait or to go in clear. */
const allFailed = (records: readonly SourceRecord[], error: unknown): Outcome => ({
  relayed: 0,
  quarantined: [],
  failed: records.length,
  payloadBytes: 0,
  billedBytes: 0,
  errors: [error],
  batchItemFailures: reportFrom(records, 0),
});

const outcomeOf = (
  records: readonly SourceRecord[],
  sent: readonly GroupResult[],
  quarantined: readonly QuarantineResult[],
): Outcome => {
  const lost = quarantined.filter(({ kept }) => !kept);
  const first = Math.min(
    ...sent.flatMap(({ failedPositions }) => failedPositions.slice(0, 1)),
    ...lost.slice(0, 1).map(({ misfit }) => misfit.position),
  );
  return {
    relayed: sum(sent.map(({ relayed }) => relayed)),
    quarantined: quarantined.filter(({ kept }) => kept).map(({ misfit }) => misfit),
    failed: first === Infinity ? 0 : records.length - first,
    payloadBytes: sum(sent.map(({ payloadBytes }) => payloadBytes)),
    billedBytes: sum(sent.map((group) => group.billedBytes)),
    errors: [...sent, ...lost].map(({ error }) => error).filter((error) => error !== undefined),
    batchItemFailures: reportFrom(records, first),
  };
};

/**
 * Compiles the relay of one stage: a function that takes a batch of stream records to Firehose, personal values sealed, and
 * those that do not fit their schema to quarantine. Whatever neither took is reported, so that it is delivered again: at least
 * once, never lost. Throws for a record of an unknown table.
 *
 * @example
 * const relay = createRelay('dev', entities, { putBatch, readKeys, quarantine });
 * const { batchItemFailures } = await relay(event.Records, invocation);
 */
export const createRelay = (stage: string, entities: readonly Entity[], ports: RelayPorts) => {
  const sorter = batchSorter(new Map(entities.map((entity) => [namesOf(stage).table(entity), entity])));
  const relayWith = async (
    records: readonly SourceRecord[],
    keys: SubjectKeys,
    invocation: Invocation,
  ): Promise<Outcome> => {
    const { groups, misfits, done } = sorter.sort(records, keys);
    const [sent, quarantined] = await Promise.all([
      sendGroups(stage, ports, groups, invocation.patience),
      quarantine(ports, misfits, invocation),
    ]);
    const outcome = outcomeOf(records, sent, quarantined);
    // A send that failed may have been given up under way; then its memory is left to the garbage collector.
    if (outcome.failed === 0) done();
    return outcome;
  };
  return async (records: readonly SourceRecord[], invocation: Invocation): Promise<Outcome> => {
    const subjects = sorter.subjects(records);
    let keys: SubjectKeys;
    try {
      keys = await ports.readKeys(subjects);
    } catch (error) {
      return allFailed(records, error);
    }
    return relayWith(records, keys, invocation);
  };
};
