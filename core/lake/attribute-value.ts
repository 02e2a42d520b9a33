/** An attribute value of DynamoDB's JSON, as stream records carry it. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type AttributeMap = Readonly<Record<string, AttributeValue>>;

/** Thrown for a value no schema can hold. */
class UnsupportedAttribute extends TypeError {}

/** Digits that count: `1200`, `1.2e+3` and `0.0120` are all `12`. */
const significand = (number: string): string =>
  number.replace(/e.*$/i, '').replaceAll(/[-+.]/g, '').replace(/^0+/, '').replace(/0+$/, '');

/** Integers must be exact: those past 2^53 pass only when a double wrote them, and so can hold them. */
const toNumber = (digits: string): number => {
  const value = Number(digits);
  if (!Number.isFinite(value)) throw new UnsupportedAttribute('the number is out of the range of a double');
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  if (significand(digits) === significand(String(value))) return value;
  throw new UnsupportedAttribute('the number is too large to be exact');
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
 * The plain record of a DynamoDB image. Throws TypeError for binary values, sets, and
 * numbers that a double cannot hold.
 *
 * @example
 * toRecord({ id: { S: 'o1' }, version: { N: '1' } }) // { id: 'o1', version: 1 }
 */
export const toRecord = (image: AttributeMap): Record<string, unknown> => {
  const record: Record<string, unknown> = {};
  for (const name in image) {
    if (name === '__proto__') throw new UnsupportedAttribute('the attribute name __proto__ is not allowed');
    record[name] = toValue(image[name] as AttributeValue);
  }
  return record;
};
