import { QUARANTINE_PREFIX } from '../../core/deployment.ts';
import { toRecord, type AttributeMap } from '../../core/lake/attribute-value.ts';
import type { StreamRecord } from '../../core/lake/change-row.ts';
import { safePointer } from '../../core/privacy/pointer.ts';
import { seal, unseal } from '../../core/privacy/seal.ts';
import { ERASED, type KeyOrErased, type SubjectKey } from '../../core/privacy/subject-key.ts';
import { parseToken } from '../../core/privacy/token.ts';
import type { Quarantined } from '../../core/quarantine/quarantined.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { Issue } from '../../core/schema/issues.ts';

/** A stream record that cannot become a row of the lake, and why. */
export interface Misfit {
  readonly entity: Pick<Entity, 'name' | 'fields' | 'version'>;
  readonly record: StreamRecord;
  readonly reason: readonly Issue[];
  /** What the event source mapping gave it up for, if it did, and after how many tries. */
  readonly givenUp?: { readonly condition: string; readonly tried: number };
  /** Under whose key it is kept. */
  readonly subject: string;
}

/** An object for the lake bucket. */
export interface QuarantineObject {
  readonly key: string;
  readonly body: string;
}

/** What is sealed in a quarantine object. */
export type Kept = Pick<Misfit, 'record' | 'reason'>;

/** No column can be called so. */
const PLACE = '#quarantine';

const dayOf = ({ dynamodb }: StreamRecord): string => {
  const instant = new Date((dynamodb?.ApproximateCreationDateTime ?? 0) * 1000);
  return Number.isNaN(instant.getTime()) ? '1970-01-01' : instant.toISOString().slice(0, 10);
};

const keyOf = (keys: AttributeMap | undefined): unknown => {
  try {
    return keys ? toRecord(keys) : null;
  } catch {
    return keys;
  }
};

const sealKept = (key: SubjectKey, { record, reason }: Kept): string =>
  JSON.parse(seal(key, PLACE, Buffer.from(JSON.stringify({ record, reason }))).toString()) as string;

/**
 * The object a misfit is kept in: `quarantine/relay/<entity>/dt=<day of the change>/<event id>.json`, with the places that are
 * wrong, and the whole stream record sealed under a key. The name comes from the event alone, so a redelivery overwrites it.
 *
 * @example
 * quarantineObject(misfit, key, { now: new Date(), functionVersion: '$LATEST' }).key
 * // quarantine/relay/order/dt=2026-11-22/6e1f….json
 */
export const quarantineObject = (
  misfit: Misfit,
  key: KeyOrErased,
  { now, functionVersion }: { readonly now: Date; readonly functionVersion: string },
): QuarantineObject => {
  const { entity, record, reason, givenUp = { condition: 'DoesNotFit', tried: 1 } } = misfit;
  const name = record.eventID ?? record.dynamodb?.SequenceNumber ?? 'unnamed';
  const content: Quarantined = {
    entity: entity.name,
    key: keyOf(record.dynamodb?.Keys),
    reason: reason.map((issue) => ({ pointer: safePointer(entity, issue) })),
    rows: 1,
    ...givenUp,
    schemaVersion: entity.version,
    functionVersion,
    quarantinedAt: now.toISOString(),
    sealed: key === ERASED ? null : sealKept(key, misfit),
  };
  return {
    key: `${QUARANTINE_PREFIX}${entity.name}/dt=${dayOf(record)}/${encodeURIComponent(name)}.json`,
    body: JSON.stringify(content),
  };
};

/** Whose key opens a quarantine object; undefined when nothing is in it any more. */
export const quarantinedSubject = ({ sealed }: Pick<Quarantined, 'sealed'>): string | undefined =>
  sealed === null ? undefined : parseToken(sealed)?.subject;

/**
 * What a quarantine object keeps: the stream record, and all that was wrong with it. Undefined when the person was erased.
 * Throws BrokenToken when it was changed or is under another key.
 *
 * @example
 * const object = quarantinedSchema.parse(JSON.parse(body));
 * const keys = await readKeys(new Set([quarantinedSubject(object)]));
 * openQuarantined(object, key)?.record
 */
export const openQuarantined = (
  { sealed }: Pick<Quarantined, 'sealed'>,
  key: KeyOrErased | undefined,
): Kept | undefined =>
  sealed === null || key === undefined || key === ERASED ? undefined : (unseal(key, sealed) as Kept);
