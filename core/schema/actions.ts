import * as z from 'zod';
import type { Entity } from './entity.ts';
import { SchemaError } from './error.ts';
import { definition, unwrap } from './field-type.ts';

/** A move of a record from one state to another: `POST /orders/{id}/pay`. */
export interface Action {
  readonly description: string;
  /** The field that holds the state. Its default is the state a record begins in. */
  readonly field: string;
  /** States the move is allowed from. */
  readonly from: readonly string[];
  readonly to: string;
}

export type Actions = Readonly<Record<string, Action>>;

/** What a schema file says of an action; `field` is `status` if left out. */
export interface ActionOptions {
  description: string;
  field?: string;
  from: readonly string[];
  to: string;
}

/** The option `actions` of an entity. */
export const actionsOption = z
  .record(
    z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'must be a camelCase verb'),
    z.strictObject({
      description: z.string().min(1),
      field: z.string().default('status'),
      from: z.array(z.string()).min(1),
      to: z.string(),
    }),
  )
  .default({});

const TAKEN = new Set(['create', 'read', 'list', 'patch', 'delete']);

const statesOf = (entity: Entity, { field }: Action, place: string): readonly string[] => {
  const schema = entity.shape[field];
  if (!schema)
    throw new SchemaError(place, `there is no field "${field}"`, 'Set field to the one that holds the state');
  const { inner, meta } = unwrap(schema);
  const { type, entries } = definition(inner);
  if (type !== 'enum' || definition(schema).type === 'optional')
    throw new SchemaError(place, `"${field}" is no list of states`, `Make "${field}" a required z.enum([…])`);
  if (!meta.readOnly)
    throw new SchemaError(
      place,
      `a client could set "${field}" without the action`,
      `Add .meta({ readOnly: true }) to "${field}"`,
    );
  return Object.values(entries as Record<string, string>);
};

const checkFirstState = (entity: Entity, field: string, states: readonly string[]): void => {
  const { type, defaultValue } = definition(entity.shape[field] as z.core.$ZodType);
  if (type === 'default' && states.includes(defaultValue)) return;
  throw new SchemaError(
    `${entity.name}.${field}`,
    type === 'default'
      ? `"${String(defaultValue)}" is no state`
      : 'no state is the first one of a new record',
    `Add the first one, such as .default('${states[0]}')`,
  );
};

/** Throws SchemaError for an action of a state that is none, and for a state that no record begins in. */
export const checkActions = (entity: Entity): void => {
  for (const [name, action] of Object.entries(entity.actions)) {
    const place = `${entity.name}.actions.${name}`;
    if (TAKEN.has(name))
      throw new SchemaError(place, `every entity can ${name} already`, 'Give the action another name');
    const states = statesOf(entity, action, place);
    const unknown = [...action.from, action.to].find((state) => !states.includes(state));
    if (unknown !== undefined)
      throw new SchemaError(place, `"${unknown}" is no state`, `Use one of ${states.join(', ')}`);
    checkFirstState(entity, action.field, states);
  }
};

/** The actions that may be called on a record as it is. */
export const actionsFrom = (
  { actions }: Pick<Entity, 'actions'>,
  record: Readonly<Record<string, unknown>>,
): string[] =>
  Object.entries(actions)
    .filter(([, { field, from }]) => from.includes(String(record[field])))
    .map(([name]) => name);
