import type { RedriveRequest, Redriven } from '../../core/quarantine/redrive.ts';
import { entitiesOf, type Schema } from '../../core/schema/load.ts';
import type { Invocation } from '../relay/relay.ts';
import { inParallel } from '../shared/parallel.ts';
import { checkArrivals } from './arrivals.ts';
import { toHeld, told, type Held } from './held.ts';
import type { RedrivePorts } from './ports.ts';
import { redriveRecords } from './records.ts';
import { redriveRows } from './rows.ts';

const MOST_READS = 16;

/** What was sent so long ago is not under way any more, even where Firehose buffers as long as it can. */
const LOST_AFTER_MS = 30 * 60 * 1000;

const isHeld = (one: Held | Redriven): one is Held => 'kind' in one;

const readOne = async (ports: RedrivePorts, object: string): Promise<Held | Redriven> => {
  const read = await ports.read(object);
  const nothing = { object, events: [] };
  if (!read) return told(nothing, 'gone');
  return toHeld(object, read) ?? told(nothing, 'unreadable');
};

const isLost = ({ content }: Held, now: Date): boolean =>
  now.getTime() - Date.parse(content.sentAt ?? '') > LOST_AFTER_MS;

const isSent = ({ content: { sentAt } }: Held): boolean => sentAt !== undefined;

const placesOf = (reason: readonly { readonly pointer: string }[]): string =>
  reason.map(({ pointer }) => pointer || '/').join(', ');

/** Why an entry that is not sent any more is still here. */
const failedAgain = (held: Held): Redriven =>
  told(held, 'misfit', held.kind === 'rows' ? held.content.message : placesOf(held.content.reason));

/**
 * Compiles what replays entries of quarantine in one stage. Those not sent yet are sent: stream records through the relay, rows
 * that Firehose could not convert as they are. Those sent before are looked for in the log, and moved out of quarantine when all
 * of their rows have arrived; what has not after half an hour is sent again. So asking twice finishes what is under way, and
 * nothing is removed before it is in the lake.
 *
 * @example
 * const redrive = createRedrive('dev', schemas, ports);
 * const outcomes = await redrive({ objects, mode: 'replay' }, invocation);
 */
export const createRedrive = (stage: string, schemas: readonly Schema[], ports: RedrivePorts) => {
  const entities = entitiesOf(schemas);
  const send = async (held: readonly Held[], dryRun: boolean, invocation: Invocation) => {
    const records = held.filter((one) => one.kind === 'record');
    const done = await redriveRecords(stage, entities, ports, records, { ...invocation, dryRun });
    const { patience, now } = invocation;
    for (const one of held)
      if (one.kind === 'rows')
        done.push(await redriveRows(stage, schemas, ports, one, { patience, now, dryRun }));
    return done;
  };
  const handle = async (
    held: readonly Held[],
    mode: RedriveRequest['mode'],
    invocation: Invocation,
  ): Promise<Redriven[]> => {
    const [sent, unsent] = [held.filter(isSent), held.filter((one) => !isSent(one))];
    if (mode === 'rehearse')
      return [...sent.map((one) => told(one, 'sent')), ...(await send(unsent, true, invocation))];
    const checked = await checkArrivals(schemas, ports, sent, invocation.now);
    if (mode === 'check') return [...checked, ...unsent.map(failedAgain)];
    const missing = new Set(checked.filter(({ outcome }) => outcome === 'sent').map(({ object }) => object));
    const lost = sent.filter((one) => missing.has(one.object) && isLost(one, invocation.now));
    return [...checked, ...(await send([...unsent, ...lost], false, invocation))];
  };
  return async ({ objects, mode }: RedriveRequest, invocation: Invocation): Promise<Redriven[]> => {
    const read = await inParallel([...new Set(objects)], MOST_READS, (object) => readOne(ports, object));
    const done = await handle(read.filter(isHeld), mode, invocation);
    const outcomes = new Map(
      [...read.filter((one): one is Redriven => !isHeld(one)), ...done].map((one) => [one.object, one]),
    );
    return objects.flatMap((object) => outcomes.get(object) ?? []);
  };
};
