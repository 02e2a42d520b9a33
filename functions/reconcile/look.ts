import {
  judge,
  kindOf,
  type Candidate,
  type Kind,
  type LakeState,
  type Look,
  type TableState,
} from '../../core/reconcile/compare.ts';
import { bucketOf } from '../../core/reconcile/digest.ts';
import { rowsQuery } from '../../core/reconcile/lake-state.ts';
import { keyAttributes, keyFromTexts } from '../../core/reconcile/key.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { entityOf } from '../shared/entity-of.ts';
import { readWatermark } from '../shared/lake/read-watermark.ts';
import { tailFrom } from '../../core/lake/state/watermark.ts';
import { readCollected } from './read-table.ts';
import { itemStates, tableState } from './states.ts';
import { exported, workFolder, type Event, type Lake, type ReconcilePorts, type Step } from './step.ts';

type Values = Readonly<Record<string, unknown>>;

interface KeyedCandidate extends Candidate {
  readonly values: Values;
}

/** A key that differs, and what each side has of it. */
export interface Difference {
  readonly kind: Kind;
  readonly key: Values;
  readonly table: { readonly version: number } | null;
  readonly lake: Pick<LakeState, 'operation' | 'sequence' | 'version'> | null;
}

/** What is known after some looks, as it is kept between them. */
interface Known {
  readonly candidates: readonly KeyedCandidate[];
  readonly differences: readonly Difference[];
  /** False when more seemed to differ than are looked at. */
  readonly isComplete: boolean;
}

/** As many keys are named; a lake that lacks more is to be backfilled. */
const MOST_CANDIDATES = 20_000;

/** Looks at a key that changes whenever it is looked at: then it is left to the next comparison. */
const MOST_LOOKS = 12;

type LakeRows = ReadonlyMap<string, { readonly state: LakeState; readonly values: Values }>;

const readLake = async (ports: ReconcilePorts, entity: Entity, queryId: string): Promise<LakeRows> => {
  const rows = await ports.rows(queryId);
  return new Map(
    rows.map(([key = '', operation = '', sequence = '', version, digest = '', wasRemoved, ...parts]) => [
      key,
      {
        state: { operation, sequence, version: Number(version), digest, wasRemoved: wasRemoved === 'true' },
        values: keyFromTexts(entity, parts),
      },
    ]),
  );
};

/** The keys of which export and lake, as they were at the time of the export, do not have the same. */
const firstCandidates = async (
  ports: ReconcilePorts,
  { entity, manifest, chunks }: Event<'look'>,
  lake: LakeRows,
): Promise<Known> => {
  const items = await readCollected(ports, workFolder(entity, manifest), chunks);
  const { exportTime } = await exported(ports, manifest);
  const since = Date.parse(exportTime);
  const candidates: KeyedCandidate[] = [];
  for (const key of new Set([...items.keys(), ...lake.keys()])) {
    const [item, row] = [items.get(key), lake.get(key)];
    const table = item ? { version: item.version, digest: item.digest } : null;
    if (kindOf(table, row?.state) && candidates.length <= MOST_CANDIDATES)
      candidates.push({ key, values: item?.values ?? row?.values ?? {}, table, since });
  }
  const isComplete = candidates.length <= MOST_CANDIDATES;
  return { candidates: candidates.slice(0, MOST_CANDIDATES), differences: [], isComplete };
};

const tableNow = async (
  ports: ReconcilePorts,
  entity: Entity,
  deep: boolean,
  candidates: readonly KeyedCandidate[],
): Promise<Map<string, TableState>> => {
  const keys = candidates.map(({ values }) => keyAttributes(values));
  const items = await ports.items(entity, keys);
  const states = await itemStates(entity, deep, ports.relayed)(items);
  return new Map(states.map((state) => [state.key, tableState(state)]));
};

const toDifference = (
  kind: Kind,
  { values }: KeyedCandidate,
  table: TableState,
  lake: LakeState | undefined,
): Difference => ({
  kind,
  key: values,
  table: table && { version: table.version },
  lake: lake ? { operation: lake.operation, sequence: lake.sequence, version: lake.version } : null,
});

/** Judges all candidates by the table as it is now and the lake as it was asked before. */
const lookAgain = (
  { candidates, differences, isComplete }: Known,
  table: ReadonlyMap<string, TableState>,
  lake: LakeRows,
  { asked, at, patience }: Pick<Look, 'asked' | 'at'> & { readonly patience: number },
): Known => {
  const [left, found] = [[] as KeyedCandidate[], [...differences]];
  for (const candidate of candidates) {
    const look: Look = {
      table: table.get(candidate.key) ?? null,
      asked,
      at,
      lake: lake.get(candidate.key)?.state,
    };
    const judgement = judge(candidate, look, patience);
    if (judgement.verdict === 'again') left.push({ ...candidate, ...judgement.candidate });
    if (judgement.verdict === 'differs')
      found.push(toDifference(judgement.kind, candidate, look.table, look.lake));
  }
  return { candidates: left, differences: found, isComplete };
};

const knownKey = (folder: string): string => `${folder}known.json`;

/** What the looks have found so far; nothing when there was no need to look. */
export const readKnown = async (
  { documents }: Pick<ReconcilePorts, 'documents'>,
  folder: string,
): Promise<Known> =>
  ((await documents.read(knownKey(folder)))?.value as Known | undefined) ?? {
    candidates: [],
    differences: [],
    isComplete: true,
  };

const LONGEST_PAUSE = 300;

/** Seconds until a look may tell more: soon at first, as most changes arrive soon, and no later than the oldest candidate can be judged. */
const pauseFor = (
  candidates: readonly Candidate[],
  { patience, now, looks }: { readonly patience: number; readonly now: number; readonly looks: number },
): number => {
  const first = Math.min(...candidates.map(({ since }) => since));
  const judged = Math.max(1, Math.ceil((first + patience - now) / 1000));
  return Math.min(judged, 2 ** (looks + 1), LONGEST_PAUSE);
};

const nextQuestion = async (
  ports: ReconcilePorts,
  lake: Lake,
  { entity: name, deep }: Event<'look'>,
  candidates: readonly Candidate[],
): Promise<string> => {
  const { watermark } = await readWatermark(ports.documents, name);
  const entity = entityOf(lake, name);
  const buckets = [...new Set(candidates.map(({ key }) => bucketOf(key)))].toSorted();
  return rowsQuery({ entity, place: lake, tail: tailFrom(watermark), deep }, buckets);
};

/**
 * Looks at the keys that seem to differ: what the table has of them now, against the lake's answer. The first look finds them; none
 * is called a difference before the lake was asked again without regard to the time of the export.
 */
export const look: Step<'look'> = async (ports, lake, event) => {
  const { entity: name, manifest, deep, looks } = event;
  const folder = workFolder(name, manifest);
  const entity = entityOf(lake, name);
  const rows = await readLake(ports, entity, event.query);
  const isFirst = looks === 0;
  const before = isFirst ? await firstCandidates(ports, event, rows) : await readKnown(ports, folder);
  const table = await tableNow(ports, entity, deep, before.candidates);
  const at = ports.now().getTime();
  const patience = event.patience * 1000;
  const known = lookAgain(before, table, rows, {
    asked: event.asked,
    at,
    patience: isFirst ? Infinity : patience,
  });
  await ports.objects.writeText(knownKey(folder), JSON.stringify(known));
  const { candidates } = known;
  if (candidates.length === 0 || looks >= MOST_LOOKS) return { isDone: true, looks: looks + 1 };
  return {
    isDone: false,
    looks: looks + 1,
    seconds: pauseFor(candidates, { patience, now: at, looks }),
    sql: await nextQuestion(ports, lake, event, candidates),
  };
};
