import { namesOf } from '../../core/deployment.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { StreamRecord } from '../../core/lake/change-row.ts';
import type { RelayPorts } from '../relay/ports.ts';
import { createRelay } from '../relay/relay.ts';
import { addRow, createRows, packRows } from '../shared/firehose/pack.ts';
import { sendRecords, type Patience } from '../shared/firehose/send.ts';
import type { BackfillPorts } from './step.ts';

/** The ARN that the relay knows a table's records by. */
const sourceOf = (table: string): string => `arn:aws:dynamodb:::table/${table}/stream/snapshot`;

/**
 * Sends rows as the relay does: through its own code, to the same delivery streams and, where they do not fit, to the same quarantine.
 *
 * @example
 * const { relay } = relayPorts('dev', entities, ports, () => patienceFor(remaining));
 * await relay(order, [snapshotRecord(image, place)]);
 */
export const relayPorts = (
  stage: string,
  entities: readonly Entity[],
  ports: RelayPorts,
  patience: () => Patience,
): Pick<BackfillPorts, 'relay' | 'send'> => {
  const names = namesOf(stage);
  const relay = createRelay(stage, entities, ports);
  return {
    relay: async (entity: Entity, records: readonly StreamRecord[]) => {
      const eventSourceARN = sourceOf(names.table(entity));
      const outcome = await relay(
        records.map((record) => ({ ...record, eventSourceARN })),
        { patience: patience(), functionVersion: '$LATEST', now: new Date() },
      );
      if (outcome.failed > 0)
        throw new Error(`${outcome.failed} of ${records.length} rows of ${entity.name} were not taken.`, {
          cause: outcome.errors[0],
        });
      return { relayed: outcome.relayed, quarantined: outcome.quarantined.length };
    },
    send: async (entity, texts) => {
      const rows = createRows();
      for (const text of texts) addRow(rows, text);
      const { failed, error } = await sendRecords(
        ports.putBatch,
        names.deliveryStream(entity),
        packRows(rows),
        patience(),
      );
      if (failed.length > 0) throw new Error(`Not all rows of ${entity.name} were taken.`, { cause: error });
    },
  };
};
