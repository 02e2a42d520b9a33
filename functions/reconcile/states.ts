import type { AttributeMap } from '../../core/lake/attribute-value.ts';
import type { TableState } from '../../core/reconcile/compare.ts';
import { bucketOf, digestOf, stateText } from '../../core/reconcile/digest.ts';
import { keyOfItem, keyRow } from '../../core/reconcile/key.ts';
import { keyText, rowText } from '../../core/reconcile/record.ts';
import { BEFORE_ALL, snapshotRecord } from '../../core/reconcile/synthetic.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { RelayedRows } from '../shared/lake/relayed-rows.ts';

/** An item of a table, as far as it is compared. `key` is its text, `values` are by field. */
export interface ItemState {
  readonly key: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly bucket: string;
  readonly version: number;
  readonly digest: bigint;
}

/** The state of what the relay would not let into the lake: no row there is so. */
const MISFIT = '!';

/** What of an item is compared with the lake. */
export const tableState = ({ version, digest }: ItemState): NonNullable<TableState> => ({
  version,
  digest: String(digest),
});

/** Rows that are only looked at stand nowhere. */
const NOWHERE = { sequence: BEFORE_ALL, time: 0, key: '', run: '' };

const versions = async (items: readonly AttributeMap[]): Promise<string[]> =>
  items.map((item) => (item.version?.N as string | undefined) ?? MISFIT);

/**
 * Compiles an entity into a function from items to what of them is compared: the version, or, `deep`, the row that the relay makes
 * of the item.
 */
export const itemStates = (entity: Entity, deep: boolean, relayed: RelayedRows) => {
  const keys = keyText(entity);
  const all = rowText(entity);
  const rows = async (items: readonly AttributeMap[]): Promise<string[]> => {
    const records = items.map((item) => snapshotRecord(item, NOWHERE));
    const made = await relayed(entity, records);
    return made.map((row) => (row ? all.text(row) : MISFIT));
  };
  return async (items: readonly AttributeMap[]): Promise<ItemState[]> => {
    const states = await (deep ? rows : versions)(items);
    return items.map((item, position) => {
      const values = keyOfItem(entity, item);
      const key = keys.text(keyRow(entity, values));
      const digest = digestOf(stateText(key, states[position] ?? MISFIT));
      return { key, values, bucket: bucketOf(key), version: Number(item.version?.N), digest };
    });
  };
};
