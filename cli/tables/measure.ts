import { inspectTables, toTableFiles, type TableFiles } from '../../core/lake/curated/inspection.ts';
import { qualified } from '../../core/lake/sql.ts';
import { openBucket, type LakeFile } from '../lake/bucket.ts';
import type { Relation } from '../lake/relations.ts';
import type { Session } from '../query/session.ts';

/** What a relation holds. Null is what it does not have, or what could not be found out. */
export interface Measure {
  readonly rows: number | null;
  /** Bytes of its files. */
  readonly bytes: number | null;
  /** When the newest of what it shows came, in ISO 8601. */
  readonly newest: string | null;
  /** Why its rows could not be counted. */
  readonly problem?: string;
}

/** A relation with what it holds. */
export type Measured = Relation & Measure;

const latest = (times: readonly (string | null)[]): string | null =>
  times
    .filter((time) => time !== null)
    .toSorted()
    .at(-1) ?? null;

const ofFiles = (files: readonly LakeFile[]): Pick<Measure, 'bytes' | 'newest'> => ({
  bytes: files.reduce((sum, { size }) => sum + size, 0),
  newest: latest(files.map(({ modified }) => modified.toISOString())),
});

const ofIceberg = ({ rows, deletedRows, bytes, writtenAt }: TableFiles): Measure => ({
  rows: rows - deletedRows,
  bytes,
  newest: writtenAt ?? null,
});

/** The relations that some of them read, themselves included. */
export const withSources = (wanted: readonly Relation[], all: readonly Relation[]): Relation[] => {
  const found = new Set(wanted);
  for (const relation of found)
    for (const other of all) if (relation.reads.includes(other.name)) found.add(other);
  return [...found];
};

/**
 * When the newest of what a relation shows came. A view that reads a log is as fresh as that: merged tables are written to
 * without anything new, when they are rewritten.
 */
const newestOf = (
  relation: Relation,
  all: readonly Relation[],
  known: ReadonlyMap<string, string | null>,
): string | null => {
  if (relation.kind !== 'view') return known.get(relation.name) ?? null;
  const sources = withSources([relation], all).filter(({ kind }) => kind !== 'view');
  const logs = sources.filter(({ kind }) => kind === 'log');
  return latest((logs.length > 0 ? logs : sources).map(({ name }) => known.get(name) ?? null));
};

const inspected = async (
  { ask, database }: Session,
  relations: readonly Relation[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Measure>> => {
  const names = relations.filter(({ kind }) => kind === 'iceberg').map(({ name }) => name);
  if (names.length === 0) return new Map();
  const { rows } = await ask(inspectTables(database, names), signal);
  return new Map(toTableFiles(rows).map((table) => [table.table, ofIceberg(table)]));
};

const filed = async (
  { client }: Session,
  relations: readonly Relation[],
): Promise<ReadonlyMap<string, Pick<Measure, 'bytes' | 'newest'>>> =>
  new Map(
    await Promise.all(
      relations
        .filter(({ kind }) => kind === 'log' || kind === 'table')
        .map(async ({ name, place }) => {
          const files = place ? await openBucket(client, place.bucket).list(place.prefix) : [];
          return [name, ofFiles(files)] as const;
        }),
    ),
  );

const countRows = async (
  { ask, database }: Session,
  { name }: Relation,
  signal: AbortSignal,
): Promise<Pick<Measure, 'rows' | 'problem'>> => {
  try {
    const { rows } = await ask(`SELECT count(*) FROM ${qualified(database, name)}`, signal);
    return { rows: Number(rows[0]?.[0]) };
  } catch (error) {
    return { rows: null, problem: error instanceof Error ? error.message : String(error) };
  }
};

/**
 * Measures some relations of a lake. Iceberg tables are asked of their metadata and files are listed; rows of what else there is are
 * counted, which of a table reads no data and of a view the columns that it needs to tell versions apart.
 */
export const measure = async (
  session: Session,
  wanted: readonly Relation[],
  all: readonly Relation[],
  signal: AbortSignal,
): Promise<Measured[]> => {
  const sources = withSources(wanted, all);
  const [iceberg, files] = await Promise.all([inspected(session, sources, signal), filed(session, sources)]);
  const times = new Map([...iceberg, ...files].map(([name, { newest }]) => [name, newest]));
  return Promise.all(
    wanted.map(async (relation) => {
      const counted = iceberg.get(relation.name) ?? (await countRows(session, relation, signal));
      const bytes = iceberg.get(relation.name)?.bytes ?? files.get(relation.name)?.bytes ?? null;
      return { ...relation, ...counted, bytes, newest: newestOf(relation, all, times) };
    }),
  );
};
