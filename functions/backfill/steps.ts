import { entityOf } from '../shared/entity-of.ts';
import { folderOf, readManifest } from '../shared/export/manifest.ts';
import { emit } from './emit.ts';
import type { BackfillEvent } from './events.ts';
import { changeJob, takeJob } from './job.ts';
import { repair } from './repair.ts';
import type { BackfillPorts, Lake, Step } from './step.ts';

/** Takes the job, and says what is left of it: tables to make anew, and whether the table is exported. */
const begin: Step<'begin'> = async (ports, lake, { execution, input }) => {
  const entity = entityOf(lake, input.entity);
  const taken = await takeJob(ports, entity.name, { execution, rate: input.rate });
  const { run, manifest } = taken.job;
  if (!taken.isOurs) return { status: 'busy', entity: entity.name, by: taken.job.execution };
  const statements = await ports.recover(entity, lake);
  return { status: 'begun', entity: entity.name, run, isExported: manifest !== undefined, statements };
};

const plan: Step<'plan'> = async (ports, _lake, { entity, run, manifest }) => {
  const { exportTime, itemCount: items } = await readManifest(ports.objects.readText, manifest);
  await changeJob(ports.documents, entity, run, (job) => ({ ...job, manifest, exportTime, items }));
  return { items };
};

const end: Step<'end'> = async (ports, _lake, { entity, run }) => {
  const finishedAt = ports.now().toISOString();
  const { manifest, sent, quarantined } = await changeJob(ports.documents, entity, run, (job) => ({
    ...job,
    finishedAt,
  }));
  if (manifest !== undefined) await ports.objects.removeAll(folderOf(manifest));
  return { status: 'backfilled', entity, sent, quarantined };
};

const steps: { readonly [S in BackfillEvent['step']]: Step<S> } = { begin, plan, emit, end, repair };

/**
 * Does one step of a backfill, or mends what a comparison found. Every step may be done again: rows that are sent twice are the same
 * rows.
 *
 * @example
 * await backfillStep(ports, lake, { step: 'emit', entity: 'order', run: 'backfill-1795657882578' })
 */
export const backfillStep = (ports: BackfillPorts, lake: Lake, event: BackfillEvent): Promise<object> =>
  (steps[event.step] as Step<BackfillEvent['step']>)(ports, lake, event);
