import { createHash } from 'node:crypto';
import { dayOf, type LogFile } from '../../../core/lake/curated/log-files.ts';
import { logTable } from '../../../core/lake/log-table.ts';
import { buildMart, checkMart } from '../../../core/marts/statements.ts';
import type { Inputs, MartState } from '../../../core/marts/state.ts';
import type { SavedQuery } from '../../../core/queries/parse.ts';
import type { Event } from '../../../core/schema/event.ts';
import type { Documents } from '../../shared/lake/documents.ts';
import { readWatermark } from '../../shared/lake/read-watermark.ts';
import { openDay } from '../../../core/lake/state/watermark.ts';
import type { Lake } from '../step.ts';

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);

/** Two runs of one definition ask and check the same, but of another instant and into another table. */
const definitionOf = (query: SavedQuery, lake: Lake): string => {
  const run = { query, run: '', at: '1970-01-01T00:00:00.000Z', place: lake, relations: lake.relations };
  return digest([buildMart(run), checkMart(run), JSON.stringify([query.question, query.columns])]);
};

const eventMark = (day: string, files: readonly LogFile[]): string => {
  const since = files.filter((file) => (dayOf(file) ?? '') >= day);
  return `${day} ${digest(since.map(({ name, etag }) => `${name} ${etag}`).toSorted())}`;
};

/**
 * Nobody merges events, so nobody writes down how far they have come. A mark is a day and all files of that day and later: the
 * mark of a run is right as long as no file has come since.
 */
const eventMarks = async (
  documents: Pick<Documents, 'list'>,
  event: Event,
  known: readonly (string | undefined)[],
  now: Date,
): Promise<string[]> => {
  const days = [openDay(now), ...known.flatMap((mark) => mark?.slice(0, 10) ?? [])];
  const files = await documents.list(logTable(event).prefix, `dt=${days.toSorted()[0]}`);
  return [...new Set(days)].map((day) => eventMark(day, files));
};

/** The names of the entities and events that a query reads. */
export const sourcesOf = ({ reads }: SavedQuery, { relations }: Pick<Lake, 'relations'>): string[] => [
  ...new Set(reads.flatMap((name) => relations.get(name)?.source ?? [])),
];

/** What a mart would be made of now, seen from the runs its state knows. */
export const inputsOf = async (
  documents: Pick<Documents, 'read' | 'list'>,
  lake: Lake,
  query: SavedQuery,
  { current, failed }: MartState,
  now: Date,
): Promise<Inputs> => {
  const marksOf = async (source: string): Promise<readonly string[]> => {
    const schema = lake.schemas.find(({ name }) => name === source);
    if (schema?.kind !== 'event') return [(await readWatermark(documents, source)).watermark.mergedAt ?? ''];
    return eventMarks(documents, schema, [current?.sources[source], failed?.sources[source]], now);
  };
  const marks = await Promise.all(
    sourcesOf(query, lake).map(async (source) => [source, await marksOf(source)] as const),
  );
  return { definition: definitionOf(query, lake), marks: Object.fromEntries(marks) };
};

/** The marks that a run made of these inputs remembers. */
export const remembered = ({ marks }: Inputs): Record<string, string> =>
  Object.fromEntries(Object.entries(marks).map(([source, [mark = '']]) => [source, mark]));
