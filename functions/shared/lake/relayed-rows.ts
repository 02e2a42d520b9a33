import { changeRow, imageOf, type StreamRecord } from '../../../core/lake/change-row.ts';
import { keyReader } from '../../../core/lake/row-subject.ts';
import type { LakeRow } from '../../../core/reconcile/record.ts';
import type { Entity } from '../../../core/schema/entity.ts';
import type { ReadKeys } from '../subject-keys/subject-keys.ts';

/** The rows of the lake that the relay makes of stream records; undefined for one that does not fit its schema. */
export type RelayedRows = (
  entity: Entity,
  records: readonly StreamRecord[],
) => Promise<(LakeRow | undefined)[]>;

const compile = (entity: Entity) => ({ toRow: changeRow(entity), keyOf: keyReader(entity) });

const subjectsOf = (
  records: readonly StreamRecord[],
  { keyOf }: ReturnType<typeof compile>,
): ReadonlySet<string> => {
  const subjects = new Set<string>();
  for (const record of records) {
    const image = imageOf(record);
    const subject = image && keyOf(image);
    if (subject !== undefined) subjects.add(subject);
  }
  return subjects;
};

/** The one place where rows are made as the relay makes them, to be looked at and not sent. */
export const relayedRows = (readKeys: ReadKeys): RelayedRows => {
  const compiled = new Map<Entity, ReturnType<typeof compile>>();
  return async (entity, records) => {
    const own = compiled.get(entity) ?? compile(entity);
    compiled.set(entity, own);
    const keys = await readKeys(subjectsOf(records, own));
    return records.map((record) => {
      const row = own.toRow(record, keys);
      return row.ok ? (JSON.parse(row.json) as LakeRow) : undefined;
    });
  };
};
