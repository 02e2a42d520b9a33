import { unmarshall } from '@aws-sdk/util-dynamodb';
import { randomBytes } from 'node:crypto';
import { namesOf } from '../core/deployment.ts';
import { SECRET_BYTES } from '../core/privacy/subject-key.ts';
import type { Entity } from '../core/schema/entity.ts';
import { entitiesOf } from '../core/schema/load.ts';
import { batchSorter, type BatchSorter, type SourceRecord } from '../functions/relay/sort.ts';
import { BILLING_UNIT_BYTES, billedBytes } from '../functions/shared/firehose/limits.ts';
import { packRows } from '../functions/shared/firehose/pack.ts';
import type { KeyStore, StoredKey } from '../functions/shared/subject-keys/key-store.ts';
import { subjectKeys, type ReadKeys } from '../functions/shared/subject-keys/subject-keys.ts';
import { schemas } from '../schemas/index.ts';
import { benchInput } from './relay-input.ts';

/** Figures of one run. Rates in stream records a second on one core. */
export interface RelayFigures {
  readonly recordsPerSecond: number;
  /** With no key derived and no value sealed before. */
  readonly coldRecordsPerSecond: number;
  /** With nothing in the schemas personal. */
  readonly clearRecordsPerSecond: number;
  readonly naiveRecordsPerSecond: number;
  /** Median over rounds of our rate over the naive one in the same round. */
  readonly ratio: number;
  /** Median over rounds of our rate over the one with nothing personal in the same round. */
  readonly sealingRatio: number;
  readonly coldSealingRatio: number;
  /** Bytes Firehose bills over bytes of rows. */
  readonly billedOverPayload: number;
  readonly naiveBilledOverPayload: number;
}

type Batches = readonly (readonly SourceRecord[])[];

/** Few enough to stay in the processor's caches, as a batch is that Lambda has just read. */
const MIX = { orders: 750, customers: 250 };
const BATCH = 250;
const PASSES = 20;
const WARM_UP_ROUNDS = 10;
const ROUNDS = 21;

const chunk = (records: readonly SourceRecord[]): SourceRecord[][] =>
  Array.from({ length: Math.ceil(records.length / BATCH) }, (_, index) =>
    records.slice(index * BATCH, (index + 1) * BATCH),
  );

const entities = entitiesOf(schemas);
const sorterOf = (some: readonly Entity[]): BatchSorter =>
  batchSorter(new Map(some.map((entity) => [namesOf('bench').table(entity), entity])));

const inClear = ({ fields, ...entity }: Entity): Entity => ({
  ...entity,
  fields: fields.map((field) => ({ ...field, personal: undefined })),
});

const secrets = new Map<string, StoredKey>();

const storedKey = (subject: string): StoredKey => {
  const key = secrets.get(subject) ?? { secret: randomBytes(SECRET_BYTES) };
  secrets.set(subject, key);
  return key;
};

/** Has a key for everybody. */
const keyStore: KeyStore = {
  read: async (subjects) => new Map(subjects.map((subject) => [subject, storedKey(subject)])),
  create: async () => new Map(),
};

type Work = (records: readonly SourceRecord[]) => Buffer[] | Promise<Buffer[]>;

/** What the relay does with a batch but its calls. What it returns is good until the next batch. */
const packer =
  ({ subjects, sort }: BatchSorter, readKeys: ReadKeys): Work =>
  async (records) => {
    const keys = await readKeys(subjects(records));
    const { groups, misfits, done } = sort(records, keys);
    if (misfits.length > 0) throw new Error(`A generated record does not fit: ${JSON.stringify(misfits[0])}`);
    const packed = groups.flatMap(({ rows }) => packRows(rows)).map(({ data }) => data);
    done();
    return packed;
  };

/** What most do: one record an event, nothing checked. */
const naive = (records: readonly SourceRecord[]): Buffer[] =>
  records.map(({ eventID, eventName, dynamodb }) => {
    const image = dynamodb?.NewImage ?? dynamodb?.OldImage ?? {};
    const item = unmarshall(image as unknown as Parameters<typeof unmarshall>[0]);
    return Buffer.from(
      JSON.stringify({
        eventId: eventID,
        operation: eventName,
        sequence: dynamodb?.SequenceNumber,
        time: dynamodb?.ApproximateCreationDateTime,
        ...item,
      }),
    );
  });

/** Processor time of the whole process, garbage collection included, so that a busy machine does not show. */
const secondsFor = async (batches: Batches, begin: () => Work): Promise<number> => {
  const before = process.cpuUsage();
  for (let pass = 0; pass < PASSES; pass += 1) {
    const work = begin();
    for (const batch of batches) await work(batch);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const billedOver = async (batches: Batches, work: Work): Promise<number> => {
  const sizes: number[] = [];
  for (const batch of batches) sizes.push(...(await work(batch)).map(({ length }) => length));
  return sum(sizes.map(billedBytes)) / sum(sizes);
};

const sealed = sorterOf(entities);
const clear = sorterOf(entities.map(inClear));

const warmPacker = packer(sealed, subjectKeys(keyStore));
const clearPacker = packer(clear, subjectKeys(keyStore));

/** What is measured against what, each as it begins a pass. A cold relay has derived no key and made no token. */
const CONTENDERS = {
  warm: (): Work => warmPacker,
  cold: (): Work => packer(sealed, subjectKeys(keyStore)),
  clear: (): Work => clearPacker,
  naive: (): Work => naive,
};

type Round = Record<keyof typeof CONTENDERS, number>;

const measure = async (batches: Batches): Promise<Round> => {
  const round: Partial<Round> = {};
  for (const [name, begin] of Object.entries(CONTENDERS))
    round[name as keyof Round] = await secondsFor(batches, begin);
  return round as Round;
};

const ratioOf = (rounds: readonly Round[], over: keyof Round, under: keyof Round): number =>
  median(rounds.map((round) => round[over] / round[under]));

/**
 * Measures the relay's own work (stream records to packed Firehose records, every row validated, personal values sealed) in
 * alternating rounds of one run: against itself with nothing personal, and against `unmarshall` and `JSON.stringify` into one
 * record an event. Calls are left out on all sides.
 *
 * @example
 * const { ratio, sealingRatio } = await benchRelay();
 */
export const benchRelay = async (): Promise<RelayFigures> => {
  const { orders, customers } = benchInput(MIX, 1);
  const batches = [...chunk(orders), ...chunk(customers)];
  for (let warmUp = 0; warmUp < WARM_UP_ROUNDS; warmUp += 1) await measure(batches);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure(batches));
  const perSecond = (name: keyof Round): number =>
    ((MIX.orders + MIX.customers) * PASSES) / median(rounds.map((round) => round[name]));
  return {
    recordsPerSecond: perSecond('warm'),
    coldRecordsPerSecond: perSecond('cold'),
    clearRecordsPerSecond: perSecond('clear'),
    naiveRecordsPerSecond: perSecond('naive'),
    ratio: ratioOf(rounds, 'naive', 'warm'),
    sealingRatio: ratioOf(rounds, 'clear', 'warm'),
    coldSealingRatio: ratioOf(rounds, 'clear', 'cold'),
    billedOverPayload: await billedOver(batches, warmPacker),
    naiveBilledOverPayload: await billedOver(batches, naive),
  };
};

const rate = (value: number): string => Math.round(value).toLocaleString('en');

const print = (figures: RelayFigures): void => {
  process.stdout.write(
    [
      `relay, records per second per core   ${rate(figures.recordsPerSecond)}`,
      `unmarshall, stringify, one an event  ${rate(figures.naiveRecordsPerSecond)}`,
      `all keys and values new              ${rate(figures.coldRecordsPerSecond)}`,
      `nothing personal                     ${rate(figures.clearRecordsPerSecond)}`,
      `sealing to nothing personal          ${figures.sealingRatio.toFixed(2)} x (goal 0.8)`,
      `all new to nothing personal          ${figures.coldSealingRatio.toFixed(2)} x`,
      `ratio                                ${figures.ratio.toFixed(2)} x (goal 2)`,
      `billed bytes over payload            ${figures.billedOverPayload.toFixed(3)} (goal 1.1)`,
      `naive billed bytes over payload      ${figures.naiveBilledOverPayload.toFixed(1)}, in units of ${BILLING_UNIT_BYTES}`,
      '',
    ].join('\n'),
  );
};

if (import.meta.main) print(await benchRelay());
