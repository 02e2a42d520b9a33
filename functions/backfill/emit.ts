import type { AttributeMap } from '../../core/lake/attribute-value.ts';
import { keyOfItem, keyRow } from '../../core/reconcile/key.ts';
import { keyText } from '../../core/reconcile/record.ts';
import { BEFORE_ALL, snapshotRecord } from '../../core/reconcile/synthetic.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { entityOf } from '../shared/entity-of.ts';
import { exportedItems } from '../shared/export/items.ts';
import { readManifest } from '../shared/export/manifest.ts';
import { changeJob, readJob, type Job } from './job.ts';
import type { BackfillPorts, Step } from './step.ts';

/** Rows of one turn: so many are sent again when the turn is interrupted. */
const MOST_ROWS = 5000;

/** An invocation that has no more time than this left answers, and the next one goes on. */
const MARGIN_MS = 60_000;

/** Cuts what comes in pieces of any size into pieces of one size. */
async function* inTurns<T>(pieces: AsyncIterable<T[]>, size: number): AsyncGenerator<T[]> {
  let turn: T[] = [];
  for await (const piece of pieces)
    for (const one of piece) {
      turn.push(one);
      if (turn.length < size) continue;
      yield turn;
      turn = [];
    }
  if (turn.length > 0) yield turn;
}

/** The rows of a turn: no more than a second's worth of them. */
const turnOf = ({ rate }: Job): number => (rate === 0 ? MOST_ROWS : Math.min(MOST_ROWS, rate));

const toRecords = (entity: Entity, { run, exportTime }: Job, items: readonly AttributeMap[]) => {
  const keys = keyText(entity);
  const time = Date.parse(exportTime ?? '');
  return items.map((item) => {
    const key = keys.text(keyRow(entity, keyOfItem(entity, item)));
    return snapshotRecord(item, { sequence: BEFORE_ALL, time, key, run });
  });
};

/** Notes how far a job is. Throws Error when another execution has it by now: then this one must not go on. */
const advance = (
  { documents }: BackfillPorts,
  { name }: Entity,
  job: Job,
  progress: Partial<Job>,
): Promise<Job> =>
  changeJob(documents, name, job.run, (old) => {
    if (old.execution !== job.execution)
      throw new Error(`The execution ${old.execution} goes on with the backfill of ${name}.`);
    return { ...job, ...progress };
  });

/** Sends a turn, waits as long as the rate asks for, and notes how far the job is. */
const sendTurn = async (
  ports: BackfillPorts,
  entity: Entity,
  job: Job,
  items: readonly AttributeMap[],
): Promise<Job> => {
  const begun = ports.now().getTime();
  const sent = await ports.relay(entity, toRecords(entity, job, items));
  const next = await advance(ports, entity, job, {
    position: job.position + items.length,
    sent: job.sent + sent.relayed,
    quarantined: job.quarantined + sent.quarantined,
  });
  const due = job.rate === 0 ? 0 : (items.length * 1000) / job.rate;
  const left = begun + due - ports.now().getTime();
  if (left > 0) await ports.wait(left);
  return next;
};

/** Sends what is left of the data file at work, as long as there is time. */
const emitFile = async (
  ports: BackfillPorts,
  entity: Entity,
  begun: Job,
  key: string,
): Promise<{ job: Job; isWhole: boolean }> => {
  let job = begun;
  let skip = begun.position;
  for await (const all of inTurns(exportedItems(await ports.objects.open(key)), turnOf(job))) {
    const items = all.slice(skip);
    skip = Math.max(0, skip - all.length);
    if (items.length === 0) continue;
    job = await sendTurn(ports, entity, job, items);
    if (ports.remaining() < MARGIN_MS) return { job, isWhole: false };
  }
  return { job, isWhole: true };
};

/** Sends the items of the export, from where the job is, until all are sent or the time is over. */
export const emit: Step<'emit'> = async (ports, lake, { entity: name, run }) => {
  const entity = entityOf(lake, name);
  const { job: found } = await readJob(ports.documents, entity.name);
  if (found?.run !== run || found.manifest === undefined)
    throw new Error(`The backfill ${run} of ${name} is not under way.`);
  const { files } = await readManifest(ports.objects.readText, found.manifest);
  let job = found;
  while (job.file < files.length) {
    const file = files[job.file]?.key ?? '';
    const { job: ahead, isWhole } = await emitFile(ports, entity, job, file);
    if (!isWhole) return { isDone: false };
    job = await advance(ports, entity, ahead, { file: ahead.file + 1, position: 0 });
  }
  return { isDone: true };
};
