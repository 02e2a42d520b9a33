import Table from 'cli-table3';
import { bytes, count } from '../cli/terminal.ts';
import type { ImportFigures } from './import.ts';
import type { IsolationFigures } from './isolation.ts';
import type { LakeFigures, LakePoint } from './lake.ts';
import type { MemoryFigures } from './memory.ts';
import type { Memory } from './process-memory.ts';
import type { ReadyFigures } from './ready.ts';
import type { ReconcileFigures } from './reconcile.ts';
import type { RelayFigures } from './relay.ts';
import { median } from './statistics.ts';

/** A bound that a figure should keep. */
export type Goal =
  | { readonly atMost: number; readonly unit: string }
  | { readonly atLeast: number; readonly unit: string };

/** A line of the table, as text. `goal` says the bound and whether it is kept. */
export interface Row {
  readonly measure: string;
  readonly ours: string;
  readonly peer?: string;
  readonly ratio?: string;
  readonly goal?: string;
}

export const times = (value: number): string => `${value.toFixed(2)} ×`;
export const inSeconds = (value: number): string => `${value.toFixed(2)} s`;
export const inMilliseconds = (value: number): string => `${value.toFixed(2)} ms`;
export const perSecond = (value: number): string => `${count(Math.round(value))}/s`;

/**
 * The bound, and whether the value keeps it.
 *
 * @example
 * verdict(4, { atMost: 5, unit: 's' }); // '≤ 5 s, met'
 */
export const verdict = (value: number, goal: Goal): string => {
  const isUpper = 'atMost' in goal;
  const bound = isUpper ? goal.atMost : goal.atLeast;
  const isMet = isUpper ? value <= bound : value >= bound;
  return `${isUpper ? '≤' : '≥'} ${bound} ${goal.unit}, ${isMet ? 'met' : 'missed'}`;
};

export const readyRows = (figures: ReadyFigures): Row[] => [
  {
    measure: `tailrace dev to ready, median of ${figures.starts}`,
    ours: inSeconds(figures.readySeconds),
    goal: verdict(figures.readySeconds, { atMost: 5, unit: 's' }),
  },
  {
    measure: 'first 201 to its row in SQL',
    ours: inSeconds(figures.rowInSqlSeconds),
    goal: verdict(figures.rowInSqlSeconds, { atMost: 3, unit: 's' }),
  },
];

export const relayRows = (figures: RelayFigures): Row[] => [
  {
    measure: 'stream records per core to unmarshall and stringify',
    ours: perSecond(figures.recordsPerSecond),
    peer: perSecond(figures.naiveRecordsPerSecond),
    ratio: times(figures.ratio),
    goal: verdict(figures.ratio, { atLeast: 2, unit: '×' }),
  },
  {
    measure: 'stream records per core, sealed to nothing personal',
    ours: perSecond(figures.recordsPerSecond),
    peer: perSecond(figures.clearRecordsPerSecond),
    ratio: times(figures.sealingRatio),
    goal: verdict(figures.sealingRatio, { atLeast: 0.8, unit: '×' }),
  },
  {
    measure: 'the same, every key and value new',
    ours: perSecond(figures.coldRecordsPerSecond),
    peer: perSecond(figures.clearRecordsPerSecond),
    ratio: times(figures.coldSealingRatio),
  },
  {
    measure: 'billed bytes over payload, to one record an event',
    ours: times(figures.billedOverPayload),
    peer: times(figures.naiveBilledOverPayload),
    ratio: times(figures.billedOverPayload / figures.naiveBilledOverPayload),
    goal: verdict(figures.billedOverPayload, { atMost: 1.1, unit: '×' }),
  },
];

export const importRows = (figures: ImportFigures): Row[] => [
  {
    measure: `import of ${count(figures.records)} records to BatchWriteItem alone`,
    ours: perSecond(figures.recordsPerSecond),
    peer: perSecond(figures.barePerSecond),
    ratio: times(figures.ratio),
  },
  { measure: 'flush after it', ours: inSeconds(figures.flushSeconds) },
];

export const isolationRows = (figures: IsolationFigures): Row[] => {
  const { pinned, calls, questions, loaded, read, busy, idle } = figures;
  const { loadedToIdle, loadedToRead, busyToIdle } = figures;
  return [
    {
      measure: `p99 of the API with the lake at full load to lake off, ${pinned ? 'a processor each' : 'not pinned'}`,
      ours: inMilliseconds(loaded.p99),
      peer: inMilliseconds(idle.p99),
      ratio: times(loadedToIdle),
      goal: verdict(loadedToIdle, { atMost: 1.1, unit: '×' }),
    },
    {
      measure:
        'the same to a bare reader of the streams in its place, which here share an engine with the tables',
      ours: inMilliseconds(loaded.p99),
      peer: inMilliseconds(read.p99),
      ratio: times(loadedToRead),
      goal: verdict(loadedToRead, { atMost: 1.1, unit: '×' }),
    },
    {
      measure: 'p99 with an empty loop on the other processor to lake off: the share of the machine',
      ours: inMilliseconds(busy.p99),
      peer: inMilliseconds(idle.p99),
      ratio: times(busyToIdle),
    },
    {
      measure: `the first, median of ${count(calls)} calls; questions answered: ${count(questions)}`,
      ours: inMilliseconds(loaded.p50),
      peer: inMilliseconds(idle.p50),
      ratio: times(loaded.p50 / idle.p50),
    },
  ];
};

export const reconcileRows = (figures: ReconcileFigures): Row[] => {
  const against = (measure: string, ours: number): Row => ({
    measure,
    ours: perSecond(ours),
    peer: perSecond(figures.scannedPerSecond),
    ratio: times(ours / figures.scannedPerSecond),
  });
  return [
    against(`reconcile of ${count(figures.records)} records to a Scan of them`, figures.reconciledPerSecond),
    against('reconcile --deep', figures.deepPerSecond),
    against('backfill, until the lake has it', figures.backfilledPerSecond),
  ];
};

const memoryRow = (measure: string, { total, children }: Memory): Row => ({
  measure: `${measure} (DynamoDB engine: ${bytes(children)})`,
  ours: bytes(total),
});

export const memoryRows = (figures: MemoryFigures): Row[] => [
  memoryRow('resident at rest', figures.atRest),
  memoryRow('resident after the first query', figures.afterFirstQuery),
  memoryRow(`most during import of ${count(figures.records)}`, figures.peakDuringImport),
];

const lakePointRows = (point: LakePoint, first: LakePoint): Row[] => {
  const { changes, view, naive, relative } = point;
  const grown = (ratio: number): Pick<Row, 'ratio' | 'goal'> =>
    point === first ? {} : { ratio: times(ratio), goal: verdict(ratio, { atMost: 1.2, unit: '×' }) };
  const where = `of orders at ${count(changes)} changes${point === first ? '' : `, to ${count(first.changes)}`}`;
  return [
    {
      measure: `bytes scanned ${where}; peer: the whole log`,
      ours: bytes(view.bytes),
      peer: bytes(naive.bytes),
      ...grown(view.bytes / first.view.bytes),
    },
    {
      measure: `time ${where}; peer: the whole log`,
      ours: inMilliseconds(view.milliseconds),
      peer: inMilliseconds(naive.milliseconds),
      ...grown(relative / first.relative),
    },
  ];
};

export const lakeRows = ({ keys, points, refreshSeconds, parquetOverJson }: LakeFigures): Row[] => {
  const [first] = points;
  const third = Math.max(1, Math.floor(refreshSeconds.length / 3));
  const [early, late] = [median(refreshSeconds.slice(0, third)), median(refreshSeconds.slice(-third))];
  return [
    ...points.flatMap((point) => lakePointRows(point, first ?? point)),
    {
      measure: `refresh of 100,000 changes of ${count(keys)} orders, last third of the run to the first`,
      ours: inSeconds(late),
      peer: inSeconds(early),
      ratio: times(late / early),
    },
    { measure: 'Parquet over JSON', ours: times(parquetOverJson) },
  ];
};

/** The whole table, as people read it. */
export const tableOf = (results: Readonly<Record<string, readonly Row[]>>): string => {
  const table = new Table({
    head: ['benchmark', 'what', 'tailrace', 'peer', 'ratio', 'goal'],
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const [name, rows] of Object.entries(results))
    for (const { measure, ours, peer = '', ratio = '', goal = '' } of rows)
      table.push([name, measure, ours, peer, ratio, goal]);
  return table.toString();
};
