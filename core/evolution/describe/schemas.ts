import { grantsFor } from '../../access/decide.ts';
import type { Entity } from '../../schema/entity.ts';
import type { Event } from '../../schema/event.ts';
import type { Schema } from '../../schema/load.ts';
import type { LockedEntity, LockedEvent, LockedSchema } from '../lock.ts';
import { lockFields } from './fields.ts';

type Grants = Record<string, string[]>;

const OPERATIONS = { create: 'create', read: 'read', list: 'list', change: 'patch', delete: 'delete' };

const sorted = (grants: readonly string[]): string[] => [...new Set(grants)].toSorted();

const fieldRights = ({ access }: Entity): Grants =>
  Object.fromEntries(
    Object.entries(access.fields).flatMap(([name, sides]) =>
      Object.entries(sides).flatMap(([side, grants]) =>
        grants ? [[`fields.${name}.${side}`, sorted(grants as readonly string[])]] : [],
      ),
    ),
  );

/** Who may do what, by the place in the schema that says so, defaults spelled out. */
const rightsOf = (entity: Entity): Grants => ({
  ...Object.fromEntries(
    Object.entries(OPERATIONS).map(([name, operation]) => [
      name,
      sorted(grantsFor(entity.access, { operation })),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(entity.actions).map((action) => [
      `actions.${action}`,
      sorted(grantsFor(entity.access, { operation: 'action', action })),
    ]),
  ),
  ...fieldRights(entity),
});

const lockEntity = (entity: Entity, file: string): LockedEntity => ({
  kind: 'entity',
  file,
  plural: entity.plural,
  version: entity.version,
  key: [...entity.key],
  indexes: Object.fromEntries(Object.entries(entity.indexes).map(([name, keys]) => [name, [...keys]])),
  unique: entity.unique.map((rule) => [...rule]),
  references: { ...entity.references },
  ...(entity.expires === undefined ? {} : { expires: entity.expires }),
  unnest: { ...entity.unnest },
  ...(entity.access.owner === undefined ? {} : { owner: entity.access.owner }),
  ...(entity.erase === 'anonymise' ? { erase: entity.erase } : {}),
  ...(entity.subject === entity.access.owner || entity.subject === undefined
    ? {}
    : { subject: entity.subject }),
  upgrade: Object.keys(entity.upgrade).map(Number),
  actions: Object.fromEntries(
    Object.entries(entity.actions).map(([name, { field, from, to }]) => [
      name,
      { field, from: [...from].toSorted(), to },
    ]),
  ),
  access: rightsOf(entity),
  fields: lockFields(entity.shape, entity.fields),
});

const lockEvent = (event: Event, file: string): LockedEvent => ({
  kind: 'event',
  file,
  plural: event.plural,
  version: event.version,
  ...(event.subject === undefined ? {} : { subject: event.subject }),
  access: { create: sorted(event.access.create) },
  fields: lockFields(event.shape, event.fields),
});

/**
 * A schema as a lock holds it: all that stored items, API clients and the lake depend on, as plain data.
 *
 * @example
 * lockedSchema(order, 'order.ts').fields.note // { type: 'string', maxLength: 1000, presence: 'optional' }
 */
export const lockedSchema = (schema: Schema, file: string): LockedSchema =>
  schema.kind === 'entity' ? lockEntity(schema, file) : lockEvent(schema, file);
