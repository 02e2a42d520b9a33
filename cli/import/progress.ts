import { Presets, SingleBar } from 'cli-progress';
import { count, say } from '../terminal.ts';
import type { Tally } from './run.ts';

/** Shows how far an import has come: a bar on a terminal, a line now and then elsewhere, nothing when silent. */
export interface Progress {
  readonly update: (tally: Readonly<Tally>) => void;
  readonly stop: () => void;
}

const LINE_EVERY_MS = 5000;

const rateOf = (tally: Readonly<Tally>, start: number): string =>
  count(Math.round((tally.lines * 1000) / Math.max(performance.now() - start, 1)));

const bar = (totalBytes: number): Progress => {
  const start = performance.now();
  const shown = new SingleBar(
    {
      format: '{bar} {percentage}% | {lines} records | {rate}/s | {eta_formatted} left',
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  shown.start(Math.max(totalBytes, 1), 0, { lines: '0', rate: '0' });
  return {
    update: (tally) =>
      shown.update(tally.bytesRead, { lines: count(tally.lines), rate: rateOf(tally, start) }),
    stop: () => shown.stop(),
  };
};

const lines = (totalBytes: number): Progress => {
  const start = performance.now();
  let next = start + LINE_EVERY_MS;
  return {
    update: (tally) => {
      if (performance.now() < next) return;
      next += LINE_EVERY_MS;
      say(
        `${Math.round((100 * tally.bytesRead) / Math.max(totalBytes, 1))}%, ${count(tally.lines)} records, ${rateOf(tally, start)}/s`,
      );
    },
    stop: () => {},
  };
};

/** Chooses how to show progress. */
export const showProgress = (totalBytes: number, silent: boolean): Progress => {
  if (silent) return { update: () => {}, stop: () => {} };
  return process.stderr.isTTY ? bar(totalBytes) : lines(totalBytes);
};
