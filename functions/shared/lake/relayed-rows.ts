import { changeRow, type StreamRecord } from '../../../core/lake/change-row.ts';
import type { LakeRow } from '../../../core/reconcile/record.ts';
import type { Entity } from '../../../core/schema/entity.ts';

/** The rows of the lake that the relay makes of stream records; undefined for one that does not fit its schema. */
export type RelayedRows = (
  entity: Entity,
  records: readonly StreamRecord[],
) => Promise<(LakeRow | undefined)[]>;

/** The one place where rows are made as the relay makes them, to be looked at and not sent. */
export const relayedRows = (): RelayedRows => {
  const compiled = new Map<Entity, ReturnType<typeof changeRow>>();
  return async (entity, records) => {
    const toRow = compiled.get(entity) ?? changeRow(entity);
    compiled.set(entity, toRow);
    return records.map((record) => {
      const row = toRow(record);
      return row.ok ? (JSON.parse(row.json) as LakeRow) : undefined;
    });
  };
};
