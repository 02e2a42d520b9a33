import type { Entity } from '../schema/entity.ts';
import type { Field } from '../schema/field-type.ts';
import { pointer, type Issue } from '../schema/issues.ts';

/** A plain record, as stored and answered. */
export type PlainRecord = Readonly<Record<string, unknown>>;

/** A record after a patch, not yet validated as a whole, or what the patch may not do. */
export type Patched =
  | { readonly record: PlainRecord; readonly issues?: undefined }
  | { readonly issues: readonly Issue[]; readonly record?: undefined };

type Path = readonly PropertyKey[];

const MONEY_FIELDS = new Set(['amount', 'currency']);

const isObject = (value: unknown): value is PlainRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Why a field cannot be patched, or undefined when it can. */
export const patchRefusal = (entity: Entity, field: Field): string | undefined => {
  if (entity.key.includes(field.name)) return 'The key of a record never changes';
  return nestedRefusal(field);
};

const nestedRefusal = (field: Field): string | undefined => {
  if (field.readOnly) return 'The server sets this field';
  if (field.immutable) return 'This field cannot change after the record is created';
  return undefined;
};

/** The fields of an entity that a patch may change. */
export const patchableFields = (entity: Entity): Field[] =>
  entity.fields.filter((field) => patchRefusal(entity, field) === undefined);

const readOnlyIssues = (value: unknown, field: Field, path: Path): Issue[] => {
  if (field.type.type !== 'array' || field.type.items.type !== 'object' || !Array.isArray(value)) return [];
  const { fields } = field.type.items;
  return value.flatMap((item, index) =>
    isObject(item) ? refusals(item, fields, [...path, index], nestedRefusal) : [],
  );
};

const refusals = (
  patch: PlainRecord,
  fields: readonly Field[],
  path: Path,
  refusal: (field: Field) => string | undefined,
): Issue[] =>
  Object.entries(patch).flatMap(([name, value]) => {
    const field = fields.find((candidate) => candidate.name === name);
    const at = [...path, name];
    if (!field) return [{ pointer: pointer(at), message: 'There is no such field here' }];
    const message =
      refusal(field) ?? (value === null && field.required ? 'A required field cannot be removed' : undefined);
    if (message) return [{ pointer: pointer(at), message }];
    if (field.type.type === 'object' && isObject(value))
      return refusals(value, field.type.fields, at, nestedRefusal);
    return readOnlyIssues(value, field, at);
  });

/** RFC 7396, one level for each level of the schema: the depth of the patch is never the depth of the stack. */
const mergeField = (current: unknown, value: unknown, field: Field): unknown => {
  if (!isObject(value)) return value;
  if (field.type.type === 'object') return merge(isObject(current) ? current : {}, value, field.type.fields);
  if (field.type.type === 'money') return mergeMoney(isObject(current) ? current : {}, value);
  return value;
};

const mergeMoney = (current: PlainRecord, value: PlainRecord): PlainRecord => {
  const merged = { ...current, ...value };
  return Object.fromEntries(
    Object.entries(merged).filter(([name, part]) => part !== null || !MONEY_FIELDS.has(name)),
  );
};

const merge = (record: PlainRecord, patch: PlainRecord, fields: readonly Field[]): PlainRecord => {
  const merged: Record<string, unknown> = { ...record };
  for (const [name, value] of Object.entries(patch)) {
    const field = fields.find((candidate) => candidate.name === name);
    if (value === null) delete merged[name];
    else if (field) merged[name] = mergeField(record[name], value, field);
  }
  return merged;
};

/** Whether two plain values are the same JSON, whatever the order of their keys. */
export const sameJson = (left: unknown, right: unknown): boolean => {
  if (Object.is(left, right)) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]));
  if (!isObject(left) || !isObject(right)) return left === right;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]))
  );
};

/**
 * Applies a JSON Merge Patch (RFC 7396): null removes an optional field, objects merge, arrays are replaced.
 * Fields the server sets, immutable fields, the key and unknown fields are refused, each by name.
 * The merged record has still to be validated as a whole.
 *
 * @example
 * applyPatch(order, { id: 'o1', note: 'Ring twice', … }, { note: null }) // { record: { id: 'o1', … } }
 */
export const applyPatch = (entity: Entity, record: PlainRecord, patch: PlainRecord): Patched => {
  const issues = refusals(patch, entity.fields, [], (field) => patchRefusal(entity, field));
  return issues.length > 0 ? { issues } : { record: merge(record, patch, entity.fields) };
};
