import type * as z from 'zod';
import { patchableFields } from '../http/patch.ts';
import { typeName } from '../http/routes.ts';
import type { Entity } from '../schema/entity.ts';
import { createSchema, recordSchema } from '../schema/record.ts';
import { exampleOf } from './example.ts';
import { asCreated, asSeen, withFieldAccess } from './field-access.ts';
import { toJsonSchema, toPatchSchema, type JsonSchema } from './json-schema.ts';

type PlainObject = Readonly<Record<string, unknown>>;

/** A reference to a component schema. */
export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** A JSON body of a component schema. */
export const jsonContent = (name: string) => ({ 'application/json': { schema: ref(name) } });

/** What `fields` makes of an answer stands beside it, so that the type of the answer is that of whole records. */
export const withFieldsContent = (name: string, fieldsName: string) => ({
  'application/json': { schema: ref(name), 'x-with-fields': ref(fieldsName) },
});

const withExample = (json: JsonSchema, example: unknown): JsonSchema =>
  example === undefined ? json : { ...json, examples: [example] };

const exampleFor = (schema: z.ZodObject, io: 'input' | 'output'): PlainObject | undefined =>
  exampleOf(toJsonSchema(schema, io), schema) as PlainObject | undefined;

const recordComponent = (entity: Entity): JsonSchema => {
  const schema = recordSchema(entity);
  const json = { description: entity.description, ...asSeen(entity, toJsonSchema(schema, 'output')) };
  return withExample(json, exampleFor(schema, 'output'));
};

const createComponent = (entity: Entity): JsonSchema => {
  const schema = createSchema(entity);
  const json = asCreated(entity, toJsonSchema(schema, 'input'));
  return withExample(
    { description: `What makes a new ${entity.name}`, ...json },
    exampleFor(schema, 'input'),
  );
};

const patchComponent = (entity: Entity): JsonSchema => {
  const names = new Set(patchableFields(entity).map(({ name }) => name));
  const schema = createSchema(entity);
  const json = toPatchSchema(toJsonSchema(schema, 'input'), (name) => names.has(name));
  const changed = Object.entries(exampleFor(schema, 'input') ?? {}).find(([name]) => names.has(name));
  return withExample(
    {
      description: `Changes of one ${entity.name}, as a JSON Merge Patch (RFC 7396)`,
      ...withFieldAccess(entity, json),
    },
    changed && Object.fromEntries([changed]),
  );
};

/** Nobody fills in what was not asked for. */
const withoutDefault = ({ default: _default, ...property }: JsonSchema): JsonSchema => property;

const fieldsComponent = (entity: Entity): JsonSchema => {
  const {
    required: _required,
    properties,
    ...json
  } = withFieldAccess(entity, toJsonSchema(recordSchema(entity), 'output'));
  const given = Object.entries(properties as Record<string, JsonSchema>);
  return {
    description: `Some fields of one ${entity.name}, those asked for with \`fields\``,
    ...json,
    properties: Object.fromEntries(given.map(([name, property]) => [name, withoutDefault(property)])),
  };
};

const listSchema = (name: string): JsonSchema => ({
  type: 'object',
  properties: {
    items: { type: 'array', items: ref(name) },
    cursor: { type: 'string', description: 'Ask again with it for what follows; absent after the last' },
  },
  required: ['items'],
  additionalProperties: false,
});

const listComponent = (entity: Entity): JsonSchema => {
  const example = exampleFor(recordSchema(entity), 'output');
  return withExample(
    { description: `Some ${entity.plural}`, ...listSchema(typeName(entity)) },
    { items: example ? [example] : [] },
  );
};

/** The component schemas of an entity: the record, and what creates, changes and lists it. */
export const entityComponents = (entity: Entity): Record<string, JsonSchema> => {
  const name = typeName(entity);
  return {
    [name]: recordComponent(entity),
    [`${name}Create`]: createComponent(entity),
    [`${name}Patch`]: patchComponent(entity),
    [`${name}Fields`]: fieldsComponent(entity),
    [`${name}List`]: listComponent(entity),
    [`${name}FieldsList`]: {
      description: `Some fields of some ${entity.plural}`,
      ...listSchema(`${name}Fields`),
    },
  };
};
