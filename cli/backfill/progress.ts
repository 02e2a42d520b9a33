import { Presets, SingleBar } from 'cli-progress';
import { count, say } from '../terminal.ts';
import type { Job } from './job.ts';

/** Shows how far a backfill is: a bar on a terminal, a line now and then elsewhere, nothing when silent. */
export interface Progress {
  readonly update: (job: Job) => void;
  readonly stop: () => void;
}

const doneOf = ({ sent, quarantined }: Job): number => sent + quarantined;

/** Rows a second since this command looks, and the seconds that are left at that rate. */
export const paceOf = (
  done: number,
  total: number,
  milliseconds: number,
): { readonly rate: number; readonly left: number | undefined } => {
  const rate = milliseconds > 0 ? (done * 1000) / milliseconds : 0;
  return { rate: Math.round(rate), left: rate > 0 ? Math.ceil((total - done) / rate) : undefined };
};

const leftText = (left: number | undefined): string => {
  if (left === undefined) return '?';
  return left < 120 ? `${left} s` : `${Math.ceil(left / 60)} min`;
};

/** What is done of a job is measured from the first look on: what another execution has sent took its time before. */
const pacer = () => {
  const start = performance.now();
  let first: number | undefined;
  return (job: Job) => {
    const done = doneOf(job);
    first ??= done;
    const items = job.items ?? 0;
    return paceOf(done - first, items - first, performance.now() - start);
  };
};

const bar = (): Progress => {
  const pace = pacer();
  const shown = new SingleBar(
    {
      format: '{bar} {percentage}% | {value} of {total} rows | {rate}/s | {left} left',
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  shown.start(1, 0, { rate: '0', left: '?' });
  return {
    update: (job) => {
      const { rate, left } = pace(job);
      shown.setTotal(Math.max(job.items ?? 1, 1));
      shown.update(doneOf(job), { rate: count(rate), left: leftText(left) });
    },
    stop: () => shown.stop(),
  };
};

const LINE_EVERY_MS = 5000;

const lines = (): Progress => {
  const pace = pacer();
  let next = performance.now() + LINE_EVERY_MS;
  return {
    update: (job) => {
      const { rate, left } = pace(job);
      if (performance.now() < next) return;
      next += LINE_EVERY_MS;
      say(`${count(doneOf(job))} of ${count(job.items ?? 0)} rows, ${count(rate)}/s, ${leftText(left)} left`);
    },
    stop: () => {},
  };
};

/** Chooses how to show progress. */
export const showProgress = (silent: boolean): Progress => {
  if (silent) return { update: () => {}, stop: () => {} };
  return process.stderr.isTTY ? bar() : lines();
};
