import { QUARANTINE_PREFIX } from '../../core/deployment.ts';
import { toRecord, type AttributeMap } from '../../core/lake/attribute-value.ts';
import type { StreamRecord } from '../../core/lake/change-row.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { Issue } from '../../core/schema/issues.ts';

/** A stream record that cannot become a row of the lake, and why. */
export interface Misfit {
  /** Place of the record in the batch. */
  readonly position: number;
  readonly entity: Entity;
  readonly record: StreamRecord;
  readonly reason: readonly Issue[];
}

/** An object for the lake bucket. */
export interface QuarantineObject {
  readonly key: string;
  readonly body: string;
}

const dayOf = ({ dynamodb }: StreamRecord): string => {
  const instant = new Date((dynamodb?.ApproximateCreationDateTime ?? 0) * 1000);
  return Number.isNaN(instant.getTime()) ? '1970-01-01' : instant.toISOString().slice(0, 10);
};

const keyOf = (keys: AttributeMap | undefined): unknown => {
  try {
    return keys && toRecord(keys);
  } catch {
    return keys;
  }
};

/**
 * The object a misfit is kept in: `quarantine/relay/<entity>/dt=<day of the change>/<event id>.json`, with the
 * reason and the whole stream record. The key comes from the event alone, so a redelivery overwrites it.
 *
 * @example
 * quarantineObject(misfit, new Date(), '$LATEST').key // quarantine/relay/order/dt=2026-11-22/6e1f….json
 */
export const quarantineObject = (misfit: Misfit, now: Date, functionVersion: string): QuarantineObject => {
  const { entity, record, reason } = misfit;
  const name = record.eventID ?? record.dynamodb?.SequenceNumber ?? 'unnamed';
  return {
    key: `${QUARANTINE_PREFIX}${entity.name}/dt=${dayOf(record)}/${encodeURIComponent(name)}.json`,
    body: JSON.stringify({
      entity: entity.name,
      key: keyOf(record.dynamodb?.Keys),
      reason,
      schemaVersion: entity.version,
      functionVersion,
      quarantinedAt: now.toISOString(),
      record,
    }),
  };
};
