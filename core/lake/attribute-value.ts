/** An attribute value of DynamoDB's JSON, as stream records carry it. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type AttributeMap = Readonly<Record<string, AttributeValue>>;

/** Thrown for a value no schema can hold. */
class UnsupportedAttribute extends TypeError {}

const toNumber = (digits: string): number => {
  const value = Number(digits);
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new UnsupportedAttribute(`the number ${digits} is too large to be exact`);
  return value;
};

const toList = (values: readonly AttributeValue[]): unknown[] => values.map(toValue);

/** The plain value of one attribute. Throws as `toRecord`. */
export const toValue = (attribute: AttributeValue): unknown => {
  for (const tag in attribute) {
    const value = attribute[tag];
    if (tag === 'S' || tag === 'BOOL') return value;
    if (tag === 'N') return toNumber(value as string);
    if (tag === 'M') return toRecord(value as AttributeMap);
    if (tag === 'L') return toList(value as AttributeValue[]);
    if (tag === 'NULL') return null;
    throw new UnsupportedAttribute(`attributes of type ${tag} have no place in a schema`);
  }
  throw new UnsupportedAttribute('the attribute value is empty');
};

/**
 * The plain record of a DynamoDB image. Throws TypeError for binary values, sets and integers past 2^53.
 *
 * @example
 * toRecord({ id: { S: 'o1' }, version: { N: '1' } }) // { id: 'o1', version: 1 }
 */
export const toRecord = (image: AttributeMap): Record<string, unknown> => {
  const record: Record<string, unknown> = {};
  for (const name in image) record[name] = toValue(image[name] as AttributeValue);
  return record;
};
