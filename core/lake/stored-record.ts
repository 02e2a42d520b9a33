import type { Entity } from '../schema/entity.ts';
import { upgraded } from '../schema/upgrade.ts';
import { SCHEMA_VERSION, withoutInternal } from '../table/internal.ts';
import { toRecord, type AttributeMap } from './attribute-value.ts';

/** The version of the schema an item was written under. */
export const writtenUnder = ({ version }: Pick<Entity, 'version'>, image: AttributeMap): number =>
  image[SCHEMA_VERSION] ? Number(image[SCHEMA_VERSION].N) : version;

const readImage = (image: AttributeMap): Record<string, unknown> | string => {
  try {
    return toRecord(image);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
};

/** The record of an image, after the entity's upgrade steps, or why it cannot be read or a step cannot be done. */
export const storedRecord = (
  entity: Entity,
  image: AttributeMap,
): Readonly<Record<string, unknown>> | string => {
  const item = readImage(image);
  if (typeof item === 'string') return item;
  const version = writtenUnder(entity, image);
  try {
    return upgraded(entity, withoutInternal(item), version);
  } catch (error) {
    return `The upgrade from version ${version} of its schema failed: ${String(error)}`;
  }
};
