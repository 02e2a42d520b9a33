import { REJECTED_PREFIX, REPLAYED_PREFIX } from '../../core/deployment.ts';
import { idOfRows } from '../../core/quarantine/entry.ts';
import type { Redriven } from '../../core/quarantine/redrive.ts';
import type { Schema } from '../../core/schema/load.ts';
import { told, type Held } from './held.ts';
import type { RedrivePorts } from './ports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The folder of a row is the day the oldest of its file arrived, which may be one before. */
const firstDay = (held: readonly Held[]): string => {
  const sent = held.map(({ content }) => Date.parse(content.sentAt ?? ''));
  return new Date(Math.min(...sent) - DAY_MS).toISOString().slice(0, 10);
};

const schemaOf = ({ content }: Held): string => ('schema' in content ? content.schema : content.entity);

/** A row that failed again by itself is an entry of its own, and not the concern of the one it came with. */
const isElsewhere = async (ports: RedrivePorts, held: Held, event: string): Promise<boolean> => {
  const own = `${REJECTED_PREFIX}${schemaOf(held)}/${idOfRows([event])}.json`;
  return held.kind === 'rows' && own !== held.object && (await ports.read(own)) !== undefined;
};

/** Which events of an entry that was sent are not in the log. */
export const missingEvents = async (
  ports: RedrivePorts,
  held: Held,
  schema: Schema,
): Promise<Set<string>> => {
  const arrived = await ports.arrived(schema, firstDay([held]), held.events);
  return new Set(held.events.filter((event) => !arrived.has(event)));
};

/** How many of an entry's rows are not where they should be, and how many failed again by themselves. */
const rowsLeft = async (
  ports: RedrivePorts,
  held: Held,
  arrived: ReadonlySet<string>,
): Promise<{ missing: number; elsewhere: number }> => {
  const left = { missing: 0, elsewhere: 0 };
  for (const event of held.events)
    if (!arrived.has(event)) left[(await isElsewhere(ports, held, event)) ? 'elsewhere' : 'missing'] += 1;
  return left;
};

/** Where an entry lies once its rows have arrived. */
const replayedKey = (object: string): string => object.replace(/^quarantine\//, REPLAYED_PREFIX);

/** Moves an entry out of quarantine: first there, then not here. */
const retire = async (
  { write, remove }: RedrivePorts,
  { object, content }: Held,
  now: Date,
): Promise<void> => {
  const key = replayedKey(object);
  await write(key, JSON.stringify({ ...content, replayedAt: now.toISOString() }));
  await remove(object);
};

const checkSchema = async (
  ports: RedrivePorts,
  schema: Schema,
  held: readonly Held[],
  now: Date,
): Promise<Redriven[]> => {
  const events = new Set(held.flatMap((one) => one.events));
  const arrived = await ports.arrived(schema, firstDay(held), [...events]);
  const outcomes: Redriven[] = [];
  for (const one of held) {
    const { missing, elsewhere } = await rowsLeft(ports, one, arrived);
    if (missing === 0) await retire(ports, one, now);
    outcomes.push(told(one, missing > 0 ? 'sent' : elsewhere > 0 ? 'split' : 'delivered'));
  }
  return outcomes;
};

/** Looks for the rows of entries that were sent, in the log, and moves those out of quarantine that have all arrived. */
export const checkArrivals = async (
  schemas: readonly Schema[],
  ports: RedrivePorts,
  held: readonly Held[],
  now: Date,
): Promise<Redriven[]> => {
  const byName = Map.groupBy(held, schemaOf);
  const checked = [...byName].map(async ([name, entries]) => {
    const schema = schemas.find((one) => one.name === name);
    return schema
      ? checkSchema(ports, schema, entries, now)
      : entries.map((one) => told(one, 'misfit', `there is no schema ${name}`));
  });
  return (await Promise.all(checked)).flat();
};
