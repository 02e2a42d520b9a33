import * as z from 'zod';
import { BACKFILL_PREFIX } from '../../core/deployment.ts';
import { Outdated, type Documents } from '../shared/lake/documents.ts';

/** How far the backfill of an entity is, as the lake bucket keeps it. Times are ISO 8601. */
export const jobSchema = z.object({
  /** Names the backfill, over all executions that work on it. */
  run: z.string(),
  execution: z.string(),
  startedAt: z.iso.datetime(),
  rate: z.int(),
  /** Key of the export's summary, once the table is exported. */
  manifest: z.string().optional(),
  /** When the table was as it is sent. */
  exportTime: z.iso.datetime().optional(),
  items: z.int().optional(),
  /** The data file at work, and how many of its items are sent. */
  file: z.int(),
  position: z.int(),
  sent: z.int(),
  quarantined: z.int(),
  finishedAt: z.iso.datetime().optional(),
});

export type Job = z.infer<typeof jobSchema>;

/** The key of an entity's job in the lake bucket. */
export const jobKey = (entity: string): string => `${BACKFILL_PREFIX}${entity}.json`;

type Store = Pick<Documents, 'read' | 'write'>;

/** The job of an entity, if there ever was one. */
export const readJob = async (documents: Store, entity: string) => {
  const found = await documents.read(jobKey(entity));
  return { job: found && jobSchema.parse(found.value), found };
};

/** Changes the job of a run. Throws Error when the entity's job is another run's by now. */
export const changeJob = async (
  documents: Store,
  entity: string,
  run: string,
  change: (job: Job) => Job,
): Promise<Job> => {
  const { job, found } = await readJob(documents, entity);
  if (job?.run !== run)
    throw new Error(`Another backfill of ${entity} has begun meanwhile. This one is over.`);
  const next = change(job);
  await documents.write(jobKey(entity), next, found);
  return next;
};

/** A job goes on for so long; then its export is not the state that has to be sent any more. */
const LONGEST_MS = 12 * 60 * 60 * 1000;

/** Whether what is left of a job is worth going on with. */
const isOpen = (job: Job, now: Date): boolean =>
  job.finishedAt === undefined && now.getTime() - Date.parse(job.startedAt) < LONGEST_MS;

export interface JobPorts {
  readonly documents: Store;
  /** Whether an execution of the state machine still runs. */
  readonly isRunning: (execution: string) => Promise<boolean>;
  readonly now: () => Date;
}

/** The execution that asked has the job, or another has it and works on it. */
export type Taken =
  | { readonly isOurs: true; readonly job: Job }
  | { readonly isOurs: false; readonly job: Job };

const newJob = (execution: string, rate: number, now: Date): Job => ({
  run: `backfill-${now.getTime()}`,
  execution,
  startedAt: now.toISOString(),
  rate,
  file: 0,
  position: 0,
  sent: 0,
  quarantined: 0,
});

/**
 * Takes the job of an entity for an execution: one that another left unfinished goes on where it was, else a new one begins. Of several who
 * ask at once one gets it.
 */
export const takeJob = async (
  ports: JobPorts,
  entity: string,
  { execution, rate }: { readonly execution: string; readonly rate: number },
): Promise<Taken> => {
  const { job, found } = await readJob(ports.documents, entity);
  const now = ports.now();
  const isUnderWay = job !== undefined && isOpen(job, now);
  if (isUnderWay && job.execution !== execution && (await ports.isRunning(job.execution)))
    return { isOurs: false, job };
  const next = isUnderWay ? { ...job, execution, rate } : newJob(execution, rate, now);
  try {
    await ports.documents.write(jobKey(entity), next, found);
    return { isOurs: true, job: next };
  } catch (error) {
    if (!(error instanceof Outdated)) throw error;
    return takeJob(ports, entity, { execution, rate });
  }
};
