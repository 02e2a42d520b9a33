import * as z from 'zod';
import { SchemaError } from './error.ts';

type PlainRecord = Readonly<Record<string, unknown>>;

/** Makes a record of the next schema version of one written under a version. It changes nothing it is given. */
export type UpgradeStep = (record: PlainRecord) => PlainRecord;

/** Steps by the schema version they lead on from. */
export type Upgrade = Readonly<Record<number, UpgradeStep>>;

/** The option `upgrade` of an entity. */
export const upgradeOption = z
  .record(
    z.string(),
    z.custom<UpgradeStep>((value) => typeof value === 'function', 'must be a function of a record'),
  )
  .default({});

interface Versioned {
  readonly name: string;
  readonly version: number;
  readonly upgrade: Upgrade;
}

/** Throws SchemaError for a step from a version that is not before the schema's own. */
export const checkUpgrade = ({ name, version, upgrade }: Versioned): void => {
  const wrong = Object.keys(upgrade).find((from) => !/^[1-9]\d*$/.test(from) || Number(from) >= version);
  if (wrong === undefined) return;
  throw new SchemaError(
    `${name}.upgrade.${wrong}`,
    `the schema is of version ${version}, so no step leads on from ${wrong}`,
    `Set version to ${/^\d+$/.test(wrong) ? Number(wrong) + 1 : 'the next whole number'}, or name an earlier version`,
  );
};

/** Whether an item written under a version may have another shape than the schema. */
export const isOutdated = ({ version, upgrade }: Versioned, from: number): boolean =>
  from < version && Object.keys(upgrade).length > 0;

/**
 * A record written under an earlier schema version in the shape of today: every step from that version on, in order.
 * A version without a step has changed nothing that was there.
 *
 * @example
 * upgraded(customer, { id: 'c1', fullName: 'Ada' }, 1) // { id: 'c1', name: 'Ada' }
 */
export const upgraded = (entity: Versioned, record: PlainRecord, from: number): PlainRecord => {
  let current = record;
  for (let version = from; version < entity.version; version += 1)
    current = entity.upgrade[version]?.(current) ?? current;
  return current;
};
