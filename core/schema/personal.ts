import * as z from 'zod';
import { SchemaError } from './error.ts';
import type { Field, FieldType } from './field-type.ts';

/**
 * How a personal value arrives in the lake: sealed under the key of whose data it is, not at all, as the first day of its
 * year or month, or as it is.
 */
export type LakePolicy = 'token' | 'drop' | 'year' | 'month' | 'clear';

/** What a schema file says of a personal field; `true` is the same as `{ lake: 'token' }`. */
export interface PersonalOptions {
  lake?: LakePolicy;
  /** Why it has to be in the lake as it is. */
  reason?: string;
  /** What stands in its place when the record is anonymised; left out, nothing does. */
  erased?: unknown;
}

/** What holds of a personal field. */
export interface Personal {
  readonly lake: LakePolicy;
  readonly reason: string | undefined;
  readonly erased: unknown;
}

const optionsSchema = z.strictObject({
  lake: z.enum(['token', 'drop', 'year', 'month', 'clear']).default('token'),
  reason: z.string().min(1).optional(),
  erased: z.json().optional(),
});

const parse = (said: true | PersonalOptions, place: string): Personal => {
  const { data, error } = optionsSchema.safeParse(said === true ? {} : said);
  if (data) return { reason: undefined, erased: undefined, ...data };
  const issue = error.issues[0];
  throw new SchemaError(
    [place, 'personal', ...(issue?.path ?? [])].join('.'),
    issue?.message ?? 'it cannot be read',
    "Write personal: true, or { lake: 'token' | 'drop' | 'year' | 'month' | 'clear', reason, erased }",
  );
};

/** The fields directly inside a type, inside its lists too. */
export const innerFields = (type: FieldType): readonly Field[] => {
  if (type.type === 'array') return innerFields(type.items);
  return type.type === 'object' ? type.fields : [];
};

/** Whether a policy holds for a field or for anything inside it. */
export const hasPolicy = (field: Field, wanted: (personal: Personal) => boolean): boolean =>
  (field.personal !== undefined && wanted(field.personal)) ||
  innerFields(field.type).some((inner) => hasPolicy(inner, wanted));

/** Whether the lake has a field, or a part of it, sealed. */
export const isSealed = (field: Field): boolean => hasPolicy(field, ({ lake }) => lake === 'token');

const checkPolicy = ({ lake, reason }: Personal, type: FieldType, place: string): void => {
  if (lake === 'clear' && reason === undefined)
    throw new SchemaError(
      place,
      'it would be in the lake in clear',
      "Say why: { lake: 'clear', reason: '…' }",
    );
  if ((lake === 'year' || lake === 'month') && type.type !== 'date' && type.type !== 'timestamp')
    throw new SchemaError(
      place,
      `a value of type ${type.type} has no ${lake}`,
      "Use lake: 'token' or 'drop', or make it z.iso.date() or timestamp()",
    );
};

/** What holds of a field by its meta `personal`. Throws SchemaError for a policy that cannot be kept. */
export const personalOf = (
  said: boolean | PersonalOptions | undefined,
  { schema, type, place }: { schema: z.core.$ZodType; type: FieldType; place: string },
): Personal | undefined => {
  if (said === undefined || said === false) return undefined;
  const personal = parse(said, place);
  checkPolicy(personal, type, place);
  if (innerFields(type).some((inner) => hasPolicy(inner, () => true)))
    throw new SchemaError(
      place,
      'it is personal as a whole and in parts',
      'Say personal of the whole field, or of its parts alone',
    );
  if (personal.erased !== undefined && !z.safeParse(schema, personal.erased).success)
    throw new SchemaError(
      `${place}.personal.erased`,
      `${JSON.stringify(personal.erased)} is no value of the field`,
      'Use one that the field takes',
    );
  return personal;
};

/** Throws SchemaError for an element of a list that says of itself that it is personal: only fields do. */
export const checkElement = ({ personal }: z.GlobalMeta, place: string): void => {
  if (!personal) return;
  throw new SchemaError(
    `${place}[]`,
    'an element is no field, and would stay in clear',
    'Say personal of the field that holds the list',
  );
};

/** Throws SchemaError for an object of which the lake would have nothing: no table has a column without a type. */
export const checkMembers = (fields: readonly Field[], place: string): void => {
  if (fields.length === 0 || !fields.every(({ personal }) => personal?.lake === 'drop')) return;
  throw new SchemaError(
    place,
    'the lake would have nothing of it',
    "Say personal: { lake: 'drop' } of the whole",
  );
};
