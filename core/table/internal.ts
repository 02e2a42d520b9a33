import type { Entity } from '../schema/entity.ts';

/** Kept with every item, never answered and no column: the version of the schema it was written under. */
export const SCHEMA_VERSION = 'schemaVersion';

/** Kept with the items of an entity that expires: when DynamoDB may sweep it, in epoch seconds. */
export const TIME_TO_LIVE = 'timeToLive';

/** Kept with an item that the API wrote: subject of the token that asked for it. Never answered; the history has it. */
export const CHANGED_BY = 'changedBy';

/** The attributes of an item that are no fields of its record. */
export const INTERNAL: readonly string[] = [SCHEMA_VERSION, TIME_TO_LIVE, CHANGED_BY];

type Values = Readonly<Record<string, unknown>>;

const expiryOf = ({ expires }: Pick<Entity, 'expires'>, record: Values): string | undefined =>
  expires === undefined ? undefined : (record[expires] as string | undefined);

/** When DynamoDB may sweep a record, in epoch seconds, never before it has expired; undefined for never. */
export const timeToLive = (entity: Pick<Entity, 'expires'>, record: Values): number | undefined => {
  const expiry = expiryOf(entity, record);
  return expiry === undefined ? undefined : Math.ceil(Date.parse(expiry) / 1000);
};

/** Whether a record has expired. DynamoDB sweeps it within days; until then it is there, and nobody may see it. */
export const isExpired = (entity: Pick<Entity, 'expires'>, record: Values, now: Date): boolean => {
  const expiry = expiryOf(entity, record);
  return expiry !== undefined && Date.parse(expiry) <= now.getTime();
};

/** What an item has besides the fields of its record, and who wrote it if somebody did. */
export const internalAttributes = (
  entity: Pick<Entity, 'expires' | 'version'>,
  record: Values,
  by?: string,
) => {
  const epoch = timeToLive(entity, record);
  return {
    [SCHEMA_VERSION]: entity.version,
    ...(epoch === undefined ? {} : { [TIME_TO_LIVE]: epoch }),
    ...(by === undefined ? {} : { [CHANGED_BY]: by }),
  };
};

/** A record or image without what is no field of it. */
export const withoutInternal = <T>(item: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !INTERNAL.includes(name)));
