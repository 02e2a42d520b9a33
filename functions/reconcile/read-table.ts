import { createSums, type Sums } from '../../core/reconcile/digest.ts';
import { entityOf } from '../shared/entity-of.ts';
import { exportedItems } from '../shared/export/items.ts';
import type { Chunk } from './events.ts';
import { itemStates, type ItemState } from './states.ts';
import { exported, filesOf, workFolder, type ReconcilePorts, type Step } from './step.ts';

/** Calls back with the items of a chunk of an export, some thousands at a time. */
const readChunk = async (
  ports: ReconcilePorts,
  manifest: string,
  chunk: Chunk,
  states: ReturnType<typeof itemStates>,
  take: (items: readonly ItemState[]) => void,
): Promise<void> => {
  for (const { key } of filesOf(await exported(ports, manifest), chunk))
    for await (const items of exportedItems(await ports.objects.open(key))) take(await states(items));
};

const sumsText = (sums: Sums): string =>
  JSON.stringify([...sums].map(([bucket, { count, digest }]) => [bucket, count, String(digest)]));

/** Adds up the items of some data files by bucket. */
export const digest: Step<'digest'> = async (ports, lake, { entity: name, manifest, chunk, deep }) => {
  const sums = createSums();
  const states = itemStates(entityOf(lake, name), deep, ports.relayed);
  let items = 0;
  await readChunk(ports, manifest, chunk, states, (read) => {
    items += read.length;
    for (const item of read) sums.add(item.bucket, { count: 1, digest: item.digest });
  });
  await ports.objects.writeText(`${workFolder(name, manifest)}sums-${chunk.index}.json`, sumsText(sums.sums));
  return { items };
};

/** The sums that all chunks of an export have together. */
export const readSums = async (
  { objects }: Pick<ReconcilePorts, 'objects'>,
  folder: string,
  chunks: number,
): Promise<Sums> => {
  const { add, sums } = createSums();
  for (let index = 0; index < chunks; index += 1) {
    const text = await objects.readText(`${folder}sums-${index}.json`);
    for (const [bucket, count, total] of JSON.parse(text) as [string, number, string][])
      add(bucket, { count, digest: BigInt(total) });
  }
  return sums;
};

/** Keeps the items of some data files that are in buckets that differ. */
export const collect: Step<'collect'> = async (ports, lake, event) => {
  const { entity: name, manifest, chunk, deep } = event;
  const buckets = new Set(event.buckets);
  const lines: string[] = [];
  const states = itemStates(entityOf(lake, name), deep, ports.relayed);
  await readChunk(ports, manifest, chunk, states, (read) => {
    for (const { bucket, key, values, version, digest: own } of read)
      if (buckets.has(bucket)) lines.push(JSON.stringify({ key, values, version, digest: String(own) }));
  });
  await ports.objects.writeText(`${workFolder(name, manifest)}items-${chunk.index}.ndjson`, lines.join('\n'));
  return { items: lines.length };
};

/** An item of a bucket that differs, as `collect` keeps it. */
export interface Collected {
  readonly key: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly digest: string;
}

/** All that the chunks of an export have in the buckets that differ, by the text of the key. */
export const readCollected = async (
  { objects }: Pick<ReconcilePorts, 'objects'>,
  folder: string,
  chunks: number,
): Promise<Map<string, Collected>> => {
  const items = new Map<string, Collected>();
  for (let index = 0; index < chunks; index += 1)
    for (const line of (await objects.readText(`${folder}items-${index}.ndjson`)).split('\n')) {
      if (line === '') continue;
      const item = JSON.parse(line) as Collected;
      items.set(item.key, item);
    }
  return items;
};
