import * as z from 'zod';
import type { Entity } from '../schema/entity.ts';
import { unwrap, type Field } from '../schema/field-type.ts';
import { IDENTIFIER } from '../schema/fields.ts';
import { hasPolicy } from '../schema/personal.ts';
import { isSubject } from '../privacy/subject.ts';
import { isOutdated } from '../schema/upgrade.ts';
import { toValue, type AttributeMap } from './attribute-value.ts';
import { isIdentifier } from './image/checks.ts';
import { storedRecord, writtenUnder } from './stored-record.ts';

/** Tells of an image whose data it is; undefined when it is nobody's, or cannot be told. */
export type ReadSubject = (image: AttributeMap) => string | undefined;

type IsOld = (image: AttributeMap) => boolean;

/** Tells whether the upgrade steps of an entity have to read an image: of most entities, of no image. */
const ageReader = (entity: Entity): IsOld =>
  Object.keys(entity.upgrade).length === 0
    ? () => false
    : (image) => isOutdated(entity, writtenUnder(entity, image));

const valueIn = (entity: Entity, field: string, image: AttributeMap): unknown => {
  if (ageReader(entity)(image)) {
    const record = storedRecord(entity, image);
    return typeof record === 'string' ? undefined : record[field];
  }
  try {
    return image[field] && toValue(image[field]);
  } catch {
    return undefined;
  }
};

/**
 * Compiles an entity into a function that tells whose data an image is, as the lake will have it: the schema reads the
 * field, after the upgrade steps.
 *
 * @example
 * subjectReader(order)({ customerId: { S: 'c1' }, … }) // c1
 */
export const subjectReader = (entity: Entity): ReadSubject => {
  const { subject, shape } = entity;
  if (subject === undefined) return () => undefined;
  const schema = shape[subject] as z.core.$ZodType;
  const isPlain = isIdentifier(unwrap(schema).inner);
  const isOld = ageReader(entity);
  return (image) => {
    const text: unknown = image[subject]?.S;
    if (isPlain && typeof text === 'string' && IDENTIFIER.test(text) && !isOld(image)) return text;
    const { data } = z.safeParse(schema, valueIn(entity, subject, image));
    return isSubject(data) ? data : undefined;
  };
};

const isFilledIn = (schema: z.core.$ZodType | undefined): boolean =>
  schema !== undefined && z.safeParse(schema, undefined).data !== undefined;

/** The fields as rows are written: what finds a record in the lake stays, whosever it was. */
export const writtenFields = ({
  fields,
  key,
  subject,
}: Pick<Entity, 'fields' | 'subject'> & { readonly key: readonly string[] }): Field[] =>
  fields.map((field) =>
    key.includes(field.name) || field.name === subject ? { ...field, personal: undefined } : field,
  );

/** Whether what is written of a field depends on whose it is. */
export const takesKey = (field: Field): boolean => hasPolicy(field, ({ lake }) => lake !== 'drop');

/**
 * Compiles an entity into a function that tells whose key the row of an image takes; undefined when it takes none, as
 * nothing in it is personal.
 */
export const keyReader = (entity: Entity): ReadSubject => {
  const names = writtenFields(entity)
    .filter(takesKey)
    .map(({ name }) => name);
  if (names.length === 0) return () => undefined;
  const subjectOf = subjectReader(entity);
  const isAlways = names.some((name) => isFilledIn(entity.shape[name]));
  const isOld = ageReader(entity);
  const needsKey = (image: AttributeMap): boolean =>
    isAlways || names.some((name) => image[name] !== undefined) || isOld(image);
  return (image) => (needsKey(image) ? subjectOf(image) : undefined);
};
