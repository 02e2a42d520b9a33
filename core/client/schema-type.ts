import type { JsonSchema } from '../openapi/json-schema.ts';
import { literal, objectType, WIDTH, type Member } from './text.ts';

type ToType = (schema: JsonSchema) => string;

const descriptionOf = ({ description }: JsonSchema): string | undefined =>
  typeof description === 'string' ? description : undefined;

const referenced = ($ref: unknown): string =>
  `components['schemas'][${literal(String($ref).split('/').at(-1))}]`;

const membersOf = ({ properties = {}, required = [] }: JsonSchema): Member[] =>
  Object.entries(properties as Record<string, JsonSchema>).map(([name, property]) => ({
    name,
    type: schemaType(property),
    optional: !(required as string[]).includes(name),
    comment: descriptionOf(property),
  }));

const union = (types: readonly string[]): string => {
  const all = [...new Set(types)];
  const short = all.join(' | ');
  return short.length <= WIDTH ? short : all.map((type) => `\n  | ${type}`).join('');
};

const elementType: ToType = (schema) => {
  const type = schemaType(schema);
  return type.includes(' | ') && !type.startsWith('{') ? `(${type})` : type;
};

const BY_TYPE: Readonly<Record<string, ToType>> = {
  string: () => 'string',
  integer: () => 'number',
  number: () => 'number',
  boolean: () => 'boolean',
  null: () => 'null',
  array: ({ items }) => `${elementType((items ?? {}) as JsonSchema)}[]`,
  object: (schema) => objectType(membersOf(schema)),
};

/** The TypeScript type of a JSON Schema, as our documents write them. What it does not know is `unknown`. */
export const schemaType: ToType = (schema) => {
  const { $ref, const: constant, enum: listed, anyOf, oneOf, type } = schema;
  if ($ref !== undefined) return referenced($ref);
  if (constant !== undefined) return literal(constant);
  if (Array.isArray(listed)) return union(listed.map(literal));
  const choices = (anyOf ?? oneOf) as readonly JsonSchema[] | undefined;
  if (choices) return union(choices.map(schemaType));
  return BY_TYPE[String(type)]?.(schema) ?? 'unknown';
};
