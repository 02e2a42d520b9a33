import type { Entity } from '../schema/entity.ts';
import type { FieldType } from '../schema/field-type.ts';
import type { Issue } from '../schema/issues.ts';

/** Places in a stream record that are none of its item. */
const OF_THE_RECORD = new Set([
  '',
  '/eventName',
  '/dynamodb',
  '/dynamodb/SequenceNumber',
  '/dynamodb/ApproximateCreationDateTime',
  '/schemaVersion',
]);

const UNKNOWN = '?';

const known = (type: FieldType, [part, ...rest]: readonly string[]): string[] => {
  if (part === undefined) return [];
  if (type.type === 'array' && /^\d+$/.test(part)) return [part, ...known(type.items, rest)];
  if (type.type === 'money' && ['amount', 'currency'].includes(part)) return [part];
  const field = type.type === 'object' ? type.fields.find(({ name }) => name === part) : undefined;
  return field ? [part, ...known(field.type, rest)] : [UNKNOWN];
};

/**
 * Where something is wrong with a record, in names of its schema alone: a name that is not the schema's is part of the record,
 * and may be personal as its values are. So may a message be.
 *
 * @example
 * safePointer(customer, { pointer: '/ann@example.com', message: '…' }) // /?
 */
export const safePointer = ({ fields }: Pick<Entity, 'fields'>, { pointer }: Issue): string => {
  if (OF_THE_RECORD.has(pointer)) return pointer;
  const parts = known({ type: 'object', fields }, pointer.split('/').slice(1));
  return parts.map((part) => `/${part}`).join('');
};
