import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Entity } from '../../core/schema/entity.ts';
import { uniqueGuards } from '../../core/table/guards.ts';
import { lineChecker, type Candidate, type Reject } from './candidate.ts';
import { readLines } from './lines.ts';
import { GET_LIMIT, writeMissing } from './write.ts';

/** How an import is going, or went. */
export interface Tally {
  lines: number;
  written: number;
  unchanged: number;
  kept: number;
  rejected: number;
  bytesRead: number;
}

export interface ImportJob {
  readonly path: string;
  readonly entity: Entity;
  readonly table: string;
  /** The table of guards. */
  readonly guards: string;
  readonly client: DynamoDBClient;
  readonly onReject: (reject: Reject) => void;
  readonly onProgress: (tally: Readonly<Tally>) => void;
}

/** Batches under way at once: enough to keep the table busy, few enough to stay fair to the application. */
const CONCURRENCY = 4;

/** What no two lines may have: the key, and each value that is unique. */
const claimsOf = ({ entity }: ImportJob, { key, item }: Candidate): { claim: string; what: string }[] => [
  { claim: `key ${key}`, what: 'the same key' },
  ...uniqueGuards(entity, item).map(({ guard, fields }) => ({
    claim: guard,
    what: `/${fields.join(', /')}: unique, and the same value`,
  })),
];

/**
 * Passes on each key and unique value once. Which line is a mistake is said by the order of the file, not by the order in
 * which batches are written.
 */
const firstOfEach = (job: ImportJob) => {
  const lineOf = new Map<string, number>();
  return (candidate: Candidate): boolean => {
    const claims = claimsOf(job, candidate);
    const taken = claims.filter(({ claim }) => lineOf.has(claim));
    if (taken.length === 0) for (const { claim } of claims) lineOf.set(claim, candidate.line.number);
    else
      job.onReject({
        line: candidate.line,
        reasons: taken.map(({ claim, what }) => `${what} as line ${lineOf.get(claim)}`),
      });
    return taken.length === 0;
  };
};

const batchesOf = async function* (job: ImportJob, tally: Tally): AsyncGenerator<Candidate[]> {
  const check = lineChecker(job.entity, new Date().toISOString());
  const isFirst = firstOfEach(job);
  let batch: Candidate[] = [];
  for await (const line of readLines(job.path)) {
    tally.lines += 1;
    tally.bytesRead = line.bytesRead;
    const checked = check(line);
    if ('reject' in checked) job.onReject(checked.reject);
    else if (isFirst(checked.candidate)) batch.push(checked.candidate);
    if (batch.length === GET_LIMIT) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
};

const work = async (job: ImportJob, batches: AsyncGenerator<Candidate[]>, tally: Tally): Promise<void> => {
  for await (const batch of batches) {
    const outcome = await writeMissing(job, batch);
    tally.written += outcome.written;
    tally.unchanged += outcome.unchanged;
    tally.kept += outcome.kept;
    for (const reject of outcome.rejects) job.onReject(reject);
    job.onProgress(tally);
  }
};

/**
 * Imports a file of whole records, one JSON document a line. What is in the table already stays as it is, so the same
 * file can be imported again, after a crash too.
 */
export const runImport = async (job: ImportJob): Promise<Tally> => {
  const tally: Tally = { lines: 0, written: 0, unchanged: 0, kept: 0, rejected: 0, bytesRead: 0 };
  const counted: ImportJob = {
    ...job,
    onReject: (reject) => {
      tally.rejected += 1;
      job.onReject(reject);
    },
  };
  const batches = batchesOf(counted, tally);
  await Promise.all(Array.from({ length: CONCURRENCY }, () => work(counted, batches, tally)));
  return tally;
};
