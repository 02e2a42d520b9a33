import * as z from 'zod';
import type { AttributeMap } from '../../core/lake/attribute-value.ts';
import type { StreamRecord } from '../../core/lake/change-row.ts';
import { keyAttributes, keyOfItem, keyRow } from '../../core/reconcile/key.ts';
import { keyText } from '../../core/reconcile/record.ts';
import { snapshotRecord, tombstoneWriter, winningSequence } from '../../core/reconcile/synthetic.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { entityOf } from '../shared/entity-of.ts';
import type { BackfillPorts, Step } from './step.ts';

const lakeSide = z.object({ operation: z.string(), sequence: z.string(), version: z.number() });

const difference = z.object({
  kind: z.enum(['missing', 'extra', 'stale', 'resurrected']),
  key: z.record(z.string(), z.unknown()),
  lake: lakeSide.nullable(),
});

type Difference = z.infer<typeof difference>;

const document = z.object({ exportTime: z.iso.datetime(), found: z.array(difference) });

/** Keys that are mended at once. */
const AT_ONCE = 1000;

interface Mending {
  readonly records: readonly StreamRecord[];
  readonly tombstones: readonly string[];
}

/**
 * The rows that mend some differences, by what the table has now. A record that is there again, or gone meanwhile, has changed: the
 * stream tells of it.
 */
const mend = (
  entity: Entity,
  differences: readonly Difference[],
  items: readonly AttributeMap[],
  { run, time }: { readonly run: string; readonly time: number },
): Mending => {
  const keys = keyText(entity);
  const byKey = new Map(items.map((item) => [keys.text(keyRow(entity, keyOfItem(entity, item))), item]));
  const writeTombstone = tombstoneWriter(entity);
  const [records, tombstones] = [[] as StreamRecord[], [] as string[]];
  for (const { kind, key: values, lake } of differences) {
    const key = keys.text(keyRow(entity, values));
    const item = byKey.get(key);
    const isShown = kind === 'extra' || kind === 'resurrected';
    if (item && !isShown) {
      const sequence = winningSequence(Number(item.version?.N), lake ?? undefined);
      records.push(snapshotRecord(item, { sequence, time, key, run }));
    }
    if (!item && isShown && lake)
      tombstones.push(writeTombstone(values, lake.version, { sequence: lake.sequence, time, key, run }));
  }
  return { records, tombstones };
};

const repairSome = async (
  ports: BackfillPorts,
  entity: Entity,
  differences: readonly Difference[],
  run: string,
): Promise<number> => {
  const items = await ports.items(
    entity,
    differences.map(({ key }) => keyAttributes(key)),
  );
  const time = ports.now().getTime();
  const { records, tombstones } = mend(entity, differences, items, { run, time });
  if (records.length > 0) await ports.relay(entity, records);
  if (tombstones.length > 0) await ports.send(entity, tombstones);
  return records.length + tombstones.length;
};

/** Sends the true state of every key that a comparison found to differ. */
export const repair: Step<'repair'> = async (ports, lake, { entity: name, document: key }) => {
  const entity = entityOf(lake, name);
  const { found, exportTime } = document.parse(JSON.parse(await ports.objects.readText(key)));
  const run = `repair-${Date.parse(exportTime)}`;
  let repaired = 0;
  for (let first = 0; first < found.length; first += AT_ONCE)
    repaired += await repairSome(ports, entity, found.slice(first, first + AT_ONCE), run);
  return { repaired };
};
