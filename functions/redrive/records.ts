import type { Issue } from '../../core/schema/issues.ts';
import { namesOf } from '../../core/deployment.ts';
import { safePointer } from '../../core/privacy/pointer.ts';
import { BrokenToken } from '../../core/privacy/seal.ts';
import type { SubjectKeys } from '../../core/privacy/subject-key.ts';
import { eventIdOf } from '../../core/quarantine/parse.ts';
import type { Redriven } from '../../core/quarantine/redrive.ts';
import { quarantinedSchema } from '../../core/quarantine/quarantined.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { openQuarantined, quarantinedSubject, type QuarantineObject } from '../relay/quarantine.ts';
import { createRelay, type Invocation, type Outcome } from '../relay/relay.ts';
import { batchSorter, tableOf, type SourceRecord } from '../relay/sort.ts';
import { textOf, told, type Held } from './held.ts';
import type { RedrivePorts } from './ports.ts';

type HeldRecord = Extract<Held, { kind: 'record' }>;

/** A stream record out of quarantine. */
interface Opened {
  readonly held: HeldRecord;
  readonly record: SourceRecord;
}

const SEQUENCE_DIGITS = 40;

const sequenceOf = ({ record }: Opened): string =>
  (record.dynamodb?.SequenceNumber ?? '').padStart(SEQUENCE_DIGITS, '0');

const inStreamOrder = (opened: readonly Opened[]): Opened[] =>
  opened.toSorted((one, other) => (sequenceOf(one) < sequenceOf(other) ? -1 : 1));

const open = (
  held: HeldRecord,
  keys: SubjectKeys,
  tables: ReadonlyMap<string, Entity>,
): Opened | Redriven => {
  const subject = quarantinedSubject(held.content);
  try {
    const kept = openQuarantined(held.content, subject === undefined ? undefined : keys.get(subject));
    if (!kept) return told(held, 'erased');
    const record = kept.record as SourceRecord;
    const table = tableOf(record);
    if (table === undefined) return told(held, 'unreadable');
    const entity = tables.get(table);
    return entity
      ? { held: { ...held, content: { ...held.content, entity: entity.name } }, record }
      : told(held, 'misfit', `there is no schema of the table ${table}`);
  } catch (error) {
    if (error instanceof BrokenToken) return told(held, 'unreadable', 'its key is gone, or it was changed');
    throw error;
  }
};

const isOpened = (one: Opened | Redriven): one is Opened => 'record' in one;

const openAll = async (
  ports: RedrivePorts,
  held: readonly HeldRecord[],
  tables: ReadonlyMap<string, Entity>,
): Promise<{ opened: Opened[]; refused: Redriven[] }> => {
  const subjects = held.flatMap(({ content }) => quarantinedSubject(content) ?? []);
  const keys = await ports.peekKeys(new Set(subjects));
  const all = held.map((one) => open(one, keys, tables));
  return {
    opened: inStreamOrder(all.filter(isOpened)),
    refused: all.filter((one): one is Redriven => !isOpened(one)),
  };
};

const placesOf = (entity: Pick<Entity, 'fields'>, reason: readonly Issue[]): string =>
  reason.map((issue) => safePointer(entity, issue) || '/').join(', ');

/** Says what the relay would do with records, and does nothing. */
const rehearse = async (
  ports: RedrivePorts,
  opened: readonly Opened[],
  tables: ReadonlyMap<string, Entity>,
): Promise<Redriven[]> => {
  const sorter = batchSorter(tables);
  const records = opened.map(({ record }) => record);
  const { misfits } = sorter.sort(records, await ports.peekKeys(sorter.subjects(records)));
  const reasons = new Map(misfits.map(({ record, entity, reason }) => [record, placesOf(entity, reason)]));
  return opened.map(({ held, record }) =>
    reasons.has(record) ? told(held, 'misfit', reasons.get(record)) : told(held, 'fits'),
  );
};

/** What fails again is kept where the relay keeps it, and counts one try more. */
const keeper =
  ({ write, remove }: RedrivePorts, opened: readonly Opened[]) =>
  async ({ key, body }: QuarantineObject): Promise<void> => {
    const held = opened.find(({ held: { object } }) => eventIdOf(object) === eventIdOf(key))?.held;
    const content = quarantinedSchema.parse(JSON.parse(body));
    const tried = (held?.content.tried ?? 0) + 1;
    await write(key, JSON.stringify({ ...content, tried }));
    if (held && held.object !== key) await remove(held.object);
  };

const reasonOf = ([error]: readonly unknown[]): string | undefined =>
  error instanceof Error ? `${error.name}: ${error.message}` : undefined;

const toRedriven = (claimed: readonly Opened[], outcome: Outcome): Redriven[] =>
  claimed.map(({ held, record }, position) => {
    const misfit = outcome.quarantined.find((one) => one.record === record);
    if (misfit) return told(held, 'misfit', placesOf(misfit.entity, misfit.reason));
    return position < claimed.length - outcome.failed
      ? told(held, 'sent')
      : told(held, 'refused', reasonOf(outcome.errors));
  });

/**
 * Replays stream records through the relay: rows are sent, what does not fit counts one try more. A record is marked as sent before
 * it is, so that of two who replay it at once one does.
 */
const send = async (
  stage: string,
  entities: readonly Entity[],
  ports: RedrivePorts,
  opened: readonly Opened[],
  invocation: Invocation,
): Promise<Redriven[]> => {
  const claims = await Promise.all(
    opened.map(({ held }) => ports.claim(held.object, textOf(held, invocation.now), held.etag)),
  );
  const claimed = opened.filter((_, index) => claims[index]);
  const relay = createRelay(stage, entities, { ...ports, quarantine: keeper(ports, claimed) });
  const outcome = await relay(
    claimed.map(({ record }) => record),
    invocation,
  );
  const sent = toRedriven(claimed, outcome);
  const refused = new Set(sent.filter((one) => one.outcome === 'refused').map(({ object }) => object));
  await Promise.all(
    claimed
      .filter(({ held }) => refused.has(held.object))
      .map(({ held }) => ports.write(held.object, textOf(held, undefined))),
  );
  const lost = opened.filter((_, index) => !claims[index]);
  return [...sent, ...lost.map(({ held }) => told(held, 'sent'))];
};

/** Replays stream records, or says what would come of it. */
export const redriveRecords = async (
  stage: string,
  entities: readonly Entity[],
  ports: RedrivePorts,
  held: readonly HeldRecord[],
  { dryRun, ...invocation }: Invocation & { readonly dryRun: boolean },
): Promise<Redriven[]> => {
  if (held.length === 0) return [];
  const tables = new Map(entities.map((entity) => [namesOf(stage).table(entity), entity]));
  const { opened, refused } = await openAll(ports, held, tables);
  const done = dryRun
    ? await rehearse(ports, opened, tables)
    : await send(stage, entities, ports, opened, invocation);
  return [...refused, ...done];
};
