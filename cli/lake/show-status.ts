import { bytes, count, counted, seconds, span } from '../terminal.ts';
import { plainTable } from '../table.ts';
import type { EntityStatus, LakeStatus, TableStatus } from './status.ts';

const ago = (iso: string | null, now: Date): string =>
  iso === null ? 'never' : `${span(now.getTime() - Date.parse(iso))} ago`;

const refreshLines = ({ runningSince, lastRefresh }: LakeStatus, now: Date): string[] => {
  const running = runningSince === null ? [] : [`A refresh runs; it began ${ago(runningSince, now)}.`];
  if (lastRefresh === null) return [...running, 'No refresh has ended yet. Run "tailrace refresh".'];
  const { startedAt, seconds: lasted, scanned, merged, errors } = lastRefresh;
  return [
    ...running,
    `The last refresh began ${ago(startedAt, now)} and took ${seconds(lasted * 1000)}: ` +
      `${counted(merged, 'file')} merged, ${bytes(scanned)} scanned.`,
    ...errors.map((error) => `It failed for ${error}`),
  ];
};

const entityRow = (now: Date) => (status: EntityStatus) => [
  status.entity,
  ago(status.mergedUntil, now),
  status.waiting.files === 0 ? 'none' : `${count(status.waiting.files)}, ${bytes(status.waiting.bytes)}`,
  status.waiting.files === 0 ? '0 s' : span(status.lagSeconds * 1000),
  status.day,
  count(status.lastRefresh?.merged ?? 0),
  bytes(status.lastRefresh?.scanned ?? 0),
  ago(status.vacuumedAt, now),
];

const tableRow = (table: TableStatus) => [
  table.table,
  count(table.rows - table.deletedRows),
  count(table.deletedRows),
  bytes(table.bytes),
  count(table.files),
  count(table.smallFiles),
  count(table.deleteFiles),
  table.isWorn ? 'yes' : 'no',
];

const ENTITY_HEAD = ['entity', 'merged', 'waiting', 'lag', 'open since', 'files merged', 'scanned', 'vacuum'];
const TABLE_HEAD = ['table', 'rows', 'deleted', 'size', 'files', 'small', 'delete files', 'rewrite due'];

/** The state of a lake for people: refreshes, then how far each entity is merged, then what its tables are made of. */
export const statusText = (status: LakeStatus, now: Date): string =>
  [
    ...refreshLines(status, now),
    plainTable(ENTITY_HEAD, status.entities.map(entityRow(now)), [2, 3, 5, 6]),
    plainTable(
      TABLE_HEAD,
      status.entities.flatMap(({ tables }) => tables.map(tableRow)),
      [1, 2, 3, 4, 5, 6],
    ),
  ].join('\n');
