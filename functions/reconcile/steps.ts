import { createSums, differingBuckets, totalOf } from '../../core/reconcile/digest.ts';
import { bucketsQuery, rowsQuery, type LakeQuestion } from '../../core/reconcile/lake-state.ts';
import { entityOf } from '../shared/entity-of.ts';
import { folderOf } from '../shared/export/manifest.ts';
import { readWatermark } from '../shared/lake/read-watermark.ts';
import { tailFrom } from '../../core/lake/state/watermark.ts';
import type { Chunk, Outcome, ReconcileEvent } from './events.ts';
import { look, readKnown } from './look.ts';
import { collect, digest, readSums } from './read-table.ts';
import {
  documentKey,
  exported,
  latestKey,
  workFolder,
  type Event,
  type Lake,
  type ReconcilePorts,
  type Step,
} from './step.ts';

const begin: Step<'begin'> = async (_ports, lake, { input }) => {
  const entities = (input.entities ?? lake.entities.map(({ name }) => name)).map(
    (name) => entityOf(lake, name).name,
  );
  return { ...input, entities };
};

/** An inline Map runs so many iterations without filling the history of its execution. */
const MOST_CHUNKS = 200;

const chunksOf = (files: number): Chunk[] => {
  const count = Math.max(1, Math.ceil(files / MOST_CHUNKS));
  return Array.from({ length: Math.ceil(files / count) }, (_, index) => ({
    index,
    first: index * count,
    count,
  }));
};

/** The question for the lake as it was when the table was exported. */
const questionOf = async (
  ports: ReconcilePorts,
  lake: Lake,
  { entity: name, manifest, deep }: Pick<Event<'plan'>, 'entity' | 'manifest' | 'deep'>,
): Promise<LakeQuestion> => {
  const [{ watermark }, { exportTime }] = await Promise.all([
    readWatermark(ports.documents, name),
    exported(ports, manifest),
  ]);
  const tail = tailFrom(watermark);
  return { entity: entityOf(lake, name), place: lake, tail, deep, asOf: exportTime };
};

const plan: Step<'plan'> = async (ports, lake, event) => {
  const { files, itemCount } = await exported(ports, event.manifest);
  return {
    chunks: chunksOf(files.length),
    items: itemCount,
    sql: bucketsQuery(await questionOf(ports, lake, event)),
  };
};

const lakeSums = (rows: readonly (readonly string[])[]) => {
  const { add, sums } = createSums();
  for (const [bucket = '', count, total = '0'] of rows)
    add(bucket, { count: Number(count), digest: BigInt(total) });
  return sums;
};

/** Rows that are read one by one; where more differ, the first buckets show how. */
const MOST_ROWS = 500_000;

const firstBuckets = (differing: readonly { bucket: string; count: number }[]): string[] => {
  let rows = 0;
  return differing.flatMap(({ bucket, count }, position) => {
    rows += count;
    return position === 0 || rows <= MOST_ROWS ? [bucket] : [];
  });
};

interface Compared {
  readonly records: number;
  readonly buckets: number;
  readonly isComplete: boolean;
}

const compare: Step<'compare'> = async (ports, lake, event) => {
  const folder = workFolder(event.entity, event.manifest);
  const table = await readSums(ports, folder, event.chunks);
  const differing = differingBuckets(table, lakeSums(await ports.rows(event.query)));
  const buckets = firstBuckets(differing);
  const compared: Compared = {
    records: totalOf(table),
    buckets: differing.length,
    isComplete: buckets.length === differing.length,
  };
  await ports.objects.writeText(`${folder}compared.json`, JSON.stringify(compared));
  if (buckets.length === 0) return { isEqual: true };
  return { isEqual: false, buckets, sql: rowsQuery(await questionOf(ports, lake, event), buckets) };
};

/** As many differences are in the answer; the document has all. */
const SHOWN = 50;

const verdict: Step<'verdict'> = async (ports, _lake, { entity, manifest, deep }) => {
  const folder = workFolder(entity, manifest);
  const [{ exportTime }, known, text] = await Promise.all([
    exported(ports, manifest),
    readKnown(ports, folder),
    ports.objects.readText(`${folder}compared.json`),
  ]);
  const compared = JSON.parse(text) as Compared;
  const differences = known.differences.length;
  const said = {
    name: entity,
    isEqual: differences === 0 && compared.isComplete && known.isComplete,
    differences,
    isComplete: compared.isComplete && known.isComplete,
    moving: known.candidates.length,
    records: compared.records,
    deep,
    exportTime,
  };
  const document = documentKey(entity, manifest);
  const whole = JSON.stringify({ ...said, found: known.differences });
  await ports.objects.writeText(document, whole);
  await ports.objects.writeText(latestKey(entity), whole);
  for (const done of [folder, folderOf(manifest)]) await ports.objects.removeAll(done);
  ports.measure(entity, differences);
  return { ...said, found: known.differences.slice(0, SHOWN), document };
};

const failed = ({ error }: Outcome): boolean => error !== undefined;

const end: Step<'end'> = async (_ports, _lake, { outcomes }) => {
  const failures = outcomes.filter(failed);
  const isEqual = outcomes.every((outcome) => outcome.isEqual === true);
  const status = failures.length > 0 ? 'failed' : isEqual ? 'equal' : 'different';
  return { status, outcomes, failures };
};

const steps: { readonly [S in ReconcileEvent['step']]: Step<S> } = {
  begin,
  plan,
  digest,
  compare,
  collect,
  look,
  verdict,
  end,
};

/**
 * Does one step of a comparison of a table with its lake, and answers what the state machine needs for the following one.
 *
 * @example
 * await reconcileStep(ports, lake, { step: 'plan', entity: 'order', manifest, deep: false })
 */
export const reconcileStep = (ports: ReconcilePorts, lake: Lake, event: ReconcileEvent): Promise<object> =>
  (steps[event.step] as Step<ReconcileEvent['step']>)(ports, lake, event);
