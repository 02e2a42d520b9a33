import { REJECTED_PREFIX } from '../../core/deployment.ts';
import { idOfPlace, idOfRows } from '../../core/quarantine/entry.ts';
import { linesOf, parseErrorLine, schemaOfErrors } from '../../core/quarantine/error-line.ts';
import { rejectedSchema, type Rejected } from '../../core/quarantine/quarantined.ts';
import { rowsOf } from '../../core/quarantine/rows.ts';
import { parseJson } from '../../core/quarantine/text.ts';
import { inParallel } from '../shared/parallel.ts';
import type { SweepPorts } from './ports.ts';

const MOST_WRITES = 16;

/** In the place of a name, where none can be told. */
const UNKNOWN = 'unknown';

/** The key of the object that rows are kept in: the same rows have the same, however often they fail. */
export const rejectedKey = (schema: string, id: string): string => `${REJECTED_PREFIX}${schema}/${id}.json`;

const toRejected = (object: string, number: number, line: string, now: Date): Rejected => {
  const parsed = parseErrorLine(line);
  return {
    schema: schemaOfErrors(object) ?? UNKNOWN,
    code: parsed?.code ?? 'Unreadable',
    message: parsed?.message ?? '',
    tried: 1,
    source: `${object}#${number}`,
    failedAt: parsed?.when ?? now.toISOString(),
    rawData: parsed?.rawData ?? Buffer.from(line).toString('base64'),
  };
};

const keyOf = ({ schema, source, rawData }: Rejected): string => {
  const rows = rowsOf(rawData);
  return rejectedKey(schema, rows ? idOfRows(rows.map(({ eventId }) => eventId)) : idOfPlace(source));
};

type Ports = Pick<SweepPorts, 'read' | 'keep' | 'replace' | 'remove'>;

/** Rows that failed before have failed once more, unless it is the same failure seen twice. */
const keepOne = async ({ read, keep, replace }: Ports, rejected: Rejected): Promise<void> => {
  const key = keyOf(rejected);
  const earlier = rejectedSchema.safeParse(parseJson((await read(key)) ?? '')).data;
  if (earlier?.source === rejected.source) return;
  if (!earlier) return keep({ key, body: JSON.stringify(rejected) });
  await replace({ key, body: JSON.stringify({ ...rejected, tried: earlier.tried + 1 }) });
};

/**
 * Takes an error object of Firehose apart: each record it could not convert is kept by itself, and the object is removed once all
 * of them are. Answers how many there were.
 *
 * @example
 * await takeErrors(ports, 'errors/changes/order/format-conversion-failed/dt=2026-11-26/x', now) // 12
 */
export const takeErrors = async (ports: Ports, object: string, now: Date): Promise<number> => {
  const text = await ports.read(object);
  if (text === undefined) return 0;
  const lines = linesOf(text);
  await inParallel(lines, MOST_WRITES, ({ number, line }) =>
    keepOne(ports, toRejected(object, number, line, now)),
  );
  await ports.remove(object);
  return lines.length;
};
