import type { Field, FieldType } from '../schema/field-type.ts';

/** A sealed value: `sealed:v1:…`. */
const TOKEN: FieldType = { type: 'string', neverEmpty: true };

const lakeType = (type: FieldType): FieldType => {
  if (type.type === 'array') return { type: 'array', items: lakeType(type.items) };
  return type.type === 'object' ? { type: 'object', fields: lakeFields(type.fields) } : type;
};

/**
 * The fields as the lake has them: sealed ones are text, dropped ones are not there, at every depth.
 *
 * @example
 * lakeFields(customer.fields).find(({ name }) => name === 'email')?.type.type // string
 */
export const lakeFields = (fields: readonly Field[]): Field[] =>
  fields
    .filter(({ personal }) => personal?.lake !== 'drop')
    .map((field) => ({ ...field, type: field.personal?.lake === 'token' ? TOKEN : lakeType(field.type) }));
