import { OUTCOMES } from '../../core/quarantine/redrive.ts';
import { EXIT } from '../errors.ts';
import { formats } from '../query/format.ts';
import { count, print, say } from '../terminal.ts';
import { selectionOf, withQuarantine, type QuarantineOptions } from './open.ts';
import { rehearse, replayEntries, type Replayed } from './replay.ts';
import { select } from './select.ts';

/** What the command line says of a replay. */
export interface ReplayOptions extends QuarantineOptions {
  readonly dryRun?: boolean;
  /** How long to wait for rows to arrive, in seconds. */
  readonly wait: number;
}

const MEANINGS: Readonly<Record<Replayed['outcome'], string>> = {
  ...OUTCOMES,
  new: 'it would be kept by itself first, then sent if it fits',
};

const GOOD = new Set<Replayed['outcome']>(['delivered', 'fits', 'new', 'gone']);

const asTable = (replayed: readonly Replayed[]): string =>
  formats.table?.({
    columns: ['id', 'entity', 'outcome', 'why'].map((name) => ({ name, type: 'varchar' })),
    rows: replayed.map(({ entry: { id, entity }, outcome, why = '' }) => [id, entity, outcome, why]),
  }) ?? '';

const tell = (replayed: readonly Replayed[], json: boolean | undefined): void => {
  if (json) {
    const told = replayed.map(({ entry, outcome, why }) => ({
      id: entry.id,
      object: entry.object,
      outcome,
      why,
    }));
    return print(JSON.stringify(told, null, 2));
  }
  if (replayed.length > 0) print(asTable(replayed));
  for (const [outcome, all] of Map.groupBy(replayed, (one) => one.outcome))
    say(`${count(all.length)} ${outcome}: ${MEANINGS[outcome]}.`);
  if (replayed.length === 0) say('Nothing of the kind is in quarantine; there is nothing to replay.');
  if (replayed.some(({ outcome }) => outcome === 'sent'))
    say('Run the same command again to finish what has not arrived: nothing is sent twice.');
};

/** Replays what is meant, or says what would come of it, tells it, and sets the exit code. */
export const replay = async (ids: readonly string[], options: ReplayOptions): Promise<void> =>
  withQuarantine(options, async (quarantine) => {
    const selection = { ...selectionOf(options, quarantine.schemas), ids };
    const entries = select(await quarantine.entries(), selection);
    const replayed = options.dryRun
      ? await rehearse(quarantine, entries)
      : await replayEntries(quarantine, entries, options.wait);
    tell(replayed, options.json);
    const isGood = ({ outcome }: Replayed): boolean =>
      GOOD.has(outcome) || (outcome === 'sent' && (options.wait === 0 || options.dryRun === true));
    if (!replayed.every(isGood)) process.exitCode = EXIT.rejects;
  });
