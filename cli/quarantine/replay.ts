import { namesOf } from '../../core/deployment.ts';
import { isTakenApart, type Entry } from '../../core/quarantine/entry.ts';
import {
  MOST_OBJECTS,
  redriveAnswerSchema,
  type Redriven,
  type RedriveRequest,
} from '../../core/quarantine/redrive.ts';
import { invokeFunction } from '../invoke.ts';
import { stateLine } from '../state-line.ts';
import { count } from '../terminal.ts';
import type { Quarantine } from './open.ts';

/** An entry and what became of it. One that is not taken apart yet can only be replayed, not rehearsed. */
export interface Replayed {
  readonly entry: Entry;
  readonly outcome: Redriven['outcome'] | 'new';
  readonly why?: string | undefined;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** Takes apart what AWS wrote, so that each entry is kept by itself. */
const takeApart = async ({ lambda, stage }: Quarantine): Promise<void> => {
  await invokeFunction(lambda, namesOf(stage).function('sweep'), {});
};

const ask = async (
  { lambda, stage }: Quarantine,
  entries: readonly Entry[],
  mode: RedriveRequest['mode'],
  onProgress: (done: number) => void,
): Promise<Replayed[]> => {
  const replayed: Replayed[] = [];
  for (let first = 0; first < entries.length; first += MOST_OBJECTS) {
    onProgress(first);
    const some = entries.slice(first, first + MOST_OBJECTS);
    const request = { objects: some.map(({ object }) => object), mode };
    const answer = await invokeFunction(lambda, namesOf(stage).function('redrive'), request);
    const { outcomes } = redriveAnswerSchema.parse(answer);
    const byObject = new Map(outcomes.map((one) => [one.object, one]));
    for (const entry of some) {
      const { outcome = 'gone', why } = byObject.get(entry.object) ?? {};
      replayed.push({ entry, outcome, why });
    }
  }
  return replayed;
};

const isUnderWay = ({ outcome }: Replayed): boolean => outcome === 'sent';

/** The same entries where they lie once they are taken apart. Those that are gone went meanwhile. */
const keptApart = async (quarantine: Quarantine, entries: readonly Entry[]): Promise<Entry[]> => {
  if (entries.every(isTakenApart)) return [...entries];
  await takeApart(quarantine);
  const now = new Map((await quarantine.entries()).map((entry) => [entry.id, entry]));
  return entries.map((entry) => now.get(entry.id) ?? entry);
};

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Looks again and again until all that was sent is in the lake or failed again, or the time is over. */
const finish = async (
  quarantine: Quarantine,
  replayed: readonly Replayed[],
  seconds: number,
  show: (state: string) => void,
): Promise<Replayed[]> => {
  const end = performance.now() + seconds * 1000;
  const byId = new Map(replayed.map((one) => [one.entry.id, one]));
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 1.5, LONGEST_PAUSE_MS)) {
    const underWay = [...byId.values()].filter(isUnderWay).map(({ entry }) => entry);
    if (underWay.length === 0 || performance.now() + wait > end) return [...byId.values()];
    show(`Waiting for ${count(underWay.length)} to arrive`);
    await pause(wait);
    if (underWay.some(({ place }) => place === 'firehose')) await takeApart(quarantine);
    for (const one of await ask(quarantine, underWay, 'check', () => {})) byId.set(one.entry.id, one);
  }
};

/** Says what would come of replaying entries, and changes nothing. */
export const rehearse = async (quarantine: Quarantine, entries: readonly Entry[]): Promise<Replayed[]> => {
  const apart = entries.filter(isTakenApart);
  const asked = await ask(quarantine, apart, 'rehearse', () => {});
  const outcomes = new Map(asked.map((one) => [one.entry.id, one]));
  return entries.map((entry) => outcomes.get(entry.id) ?? { entry, outcome: 'new' });
};

/**
 * Replays entries in bounded batches and waits until their rows are in the lake, for some seconds at most. Killed at any point, it
 * goes on when it is run again.
 */
export const replayEntries = async (
  quarantine: Quarantine,
  entries: readonly Entry[],
  seconds: number,
): Promise<Replayed[]> => {
  const state = stateLine();
  try {
    const apart = await keptApart(quarantine, entries);
    const known = apart.filter(isTakenApart);
    const left = apart.filter((entry) => !isTakenApart(entry));
    const asked = await ask(quarantine, known, 'replay', (done) =>
      state.show(`Sent ${count(done)} of ${count(known.length)}`),
    );
    const finished = await finish(quarantine, asked, seconds, state.show);
    return [...finished, ...left.map((entry) => ({ entry, outcome: 'gone' as const }))];
  } finally {
    state.clear();
  }
};
