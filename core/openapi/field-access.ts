import type { Entity } from '../schema/entity.ts';
import type { JsonSchema } from './json-schema.ts';
import { grantsInWords } from './security.ts';

type Properties = Readonly<Record<string, JsonSchema>>;

const described = (property: JsonSchema, sentences: readonly string[]): JsonSchema => {
  const said = typeof property.description === 'string' ? [property.description] : [];
  return { ...property, description: [...said, ...sentences].join('. ') };
};

const sentencesOf = ({ access }: Entity, name: string): string[] => {
  const { read, write } = access.fields[name] ?? {};
  return [
    ...(read ? [`Seen by ${grantsInWords(read)}`] : []),
    ...(write ? [`Set by ${grantsInWords(write)}`] : []),
  ];
};

/** The schema of a record, or of a change of one, with who sees and sets which of its fields. */
export const withFieldAccess = (entity: Entity, schema: JsonSchema): JsonSchema => {
  const properties = Object.entries((schema.properties ?? {}) as Properties).map(([name, property]) => {
    const sentences = sentencesOf(entity, name);
    return [name, sentences.length > 0 ? described(property, sentences) : property];
  });
  return { ...schema, properties: Object.fromEntries(properties) as Properties };
};

const withoutRequired = (schema: JsonSchema, isOptional: (name: string) => boolean): JsonSchema => {
  const required = ((schema.required ?? []) as string[]).filter((name) => !isOptional(name));
  return { ...schema, required };
};

/** A record as anybody may see it: a field that is not for everybody may be missing. */
export const asSeen = (entity: Entity, schema: JsonSchema): JsonSchema =>
  withoutRequired(withFieldAccess(entity, schema), (name) => entity.access.fields[name]?.read !== undefined);

/** What creates a record: an owner need not name themselves. */
export const asCreated = (entity: Entity, schema: JsonSchema): JsonSchema => {
  const { owner, create } = entity.access;
  const seen = withFieldAccess(entity, schema);
  const property = owner === undefined ? undefined : (seen.properties as Properties)[owner];
  if (owner === undefined || !property || !create.includes('owner')) return seen;
  const properties = {
    ...(seen.properties as Properties),
    [owner]: described(property, ['Left out, it is the subject of your token']),
  };
  return withoutRequired({ ...seen, properties }, (name) => name === owner);
};
