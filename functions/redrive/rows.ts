import { namesOf } from '../../core/deployment.ts';
import type { Redriven } from '../../core/quarantine/redrive.ts';
import type { PackedRow } from '../../core/quarantine/rows.ts';
import type { Schema } from '../../core/schema/load.ts';
import { addRow, createRows, packRows } from '../shared/firehose/pack.ts';
import { sendRecords, type Patience } from '../shared/firehose/send.ts';
import { missingEvents } from './arrivals.ts';
import { textOf, told, type Held } from './held.ts';
import type { RedrivePorts } from './ports.ts';

type HeldRows = Extract<Held, { kind: 'rows' }>;

/** Each row in a record of its own: one that fails again takes none along, and comes back by itself. */
const ALONE = 0;

/** Of what was sent before, those rows alone that did not arrive: events have no place in an order that would tell them twice. */
const rowsToSend = async (
  ports: RedrivePorts,
  held: HeldRows,
  schema: Schema,
): Promise<readonly PackedRow[]> => {
  if (held.content.sentAt === undefined) return held.rows;
  const missing = await missingEvents(ports, held, schema);
  return held.rows.filter(({ eventId }) => missing.has(eventId));
};

/**
 * Sends the rows of a record that Firehose could not convert to its delivery stream again. They are marked as sent before they are,
 * so that of two who replay them at once one does.
 */
export const redriveRows = async (
  stage: string,
  schemas: readonly Schema[],
  ports: RedrivePorts,
  held: HeldRows,
  { patience, now, dryRun }: { readonly patience: Patience; readonly now: Date; readonly dryRun: boolean },
): Promise<Redriven> => {
  const schema = schemas.find(({ name }) => name === held.content.schema);
  if (!schema) return told(held, 'misfit', `there is no schema ${held.content.schema}`);
  if (dryRun) return told(held, 'fits');
  if (!(await ports.claim(held.object, textOf(held, now), held.etag))) return told(held, 'sent');
  const rows = createRows();
  for (const { json } of await rowsToSend(ports, held, schema)) addRow(rows, json);
  const stream = namesOf(stage).deliveryStream(schema);
  const { failed, error } = await sendRecords(ports.putBatch, stream, packRows(rows, ALONE), patience);
  if (failed.length === 0) return told(held, 'sent');
  await ports.write(held.object, textOf(held, undefined));
  return told(held, 'refused', error instanceof Error ? `${error.name}: ${error.message}` : undefined);
};
