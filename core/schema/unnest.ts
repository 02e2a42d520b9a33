import * as z from 'zod';
import type { Entity } from './entity.ts';
import { SchemaError } from './error.ts';
import type { Field } from './field-type.ts';
import { moneyColumnNames } from './names.ts';

/** Views of the lake with a row for each element of a list, by the field that holds the list. */
export type Unnest = Readonly<Record<string, string>>;

/** The option `unnest` of an entity. */
export const unnestOption = z
  .record(z.string(), z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be lower snake case'))
  .default({});

/** Throws SchemaError when a view would have one column twice: money is two columns there. */
const checkColumns = (place: string, fields: readonly Field[]): void => {
  const columns = new Set(fields.filter(({ type }) => type.type !== 'money').map(({ column }) => column));
  for (const { name, column, type } of fields) {
    if (type.type !== 'money') continue;
    for (const part of Object.values(moneyColumnNames(column))) {
      if (columns.has(part))
        throw new SchemaError(
          `${place}.${name}`,
          `views show it as "${part}" too, which another field is`,
          'Rename one of them',
        );
      columns.add(part);
    }
  }
};

const checkOne = (entity: Entity, name: string): void => {
  const place = `${entity.name}.unnest.${name}`;
  const field = entity.fields.find((candidate) => candidate.name === name);
  if (field?.type.type !== 'array' || field.type.items.type !== 'object')
    throw new SchemaError(
      place,
      field ? `"${name}" is no list of objects` : `there is no field "${name}"`,
      'Name a field of type z.array(z.object({ … }))',
    );
  const owned = entity.key.map((key) => entity.fields.find((candidate) => candidate.name === key)?.column);
  const taken = new Set([...owned.map((column) => `${entity.name}_${column}`), 'element_number']);
  const twin = field.type.items.fields.find(({ column }) => taken.has(column));
  if (twin)
    throw new SchemaError(place, `the view has a column "${twin.column}" of its own`, 'Rename the field');
  checkColumns(place, field.type.items.fields);
};

/** Throws SchemaError for a view of the lake that could not be made. */
export const checkUnnest = (entity: Entity): void => {
  checkColumns(entity.name, entity.fields);
  for (const name of Object.keys(entity.unnest)) checkOne(entity, name);
};
