import type { PlainRecord } from '../http/patch.ts';
import type { Field, FieldType } from '../schema/field-type.ts';

type Values = Readonly<Record<string, unknown>>;

const withoutInner = (type: FieldType, value: unknown): unknown => {
  if (type.type === 'array' && Array.isArray(value))
    return value.map((element: unknown) => withoutInner(type.items, element));
  if (type.type === 'object' && typeof value === 'object' && value !== null)
    return withoutPersonal(type.fields, value as Values);
  return value;
};

const withoutPersonal = (fields: readonly Field[], values: Values): Values => {
  const left: Record<string, unknown> = { ...values };
  for (const { name, type, personal } of fields) {
    if (left[name] === undefined) continue;
    if (!personal) left[name] = withoutInner(type, left[name]);
    else if (personal.erased === undefined) delete left[name];
    else left[name] = personal.erased;
  }
  return left;
};

/**
 * A record without what is personal in it: such fields are left out, or have the value that their schema says of erased ones.
 * Everything else is as it was.
 *
 * @example
 * anonymised(order, { id: 'o1', total: 7, note: 'ring twice' }) // { id: 'o1', total: 7 }
 */
export const anonymised = (
  { fields }: { readonly fields: readonly Field[] },
  record: PlainRecord,
): PlainRecord => withoutPersonal(fields, record);
