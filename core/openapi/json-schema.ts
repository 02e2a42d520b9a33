import * as z from 'zod';

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = { [keyword: string]: unknown };

/** What schema files say that JSON Schema has no word for. */
const OWN_WORDS: Readonly<Record<string, string | undefined>> = {
  kind: undefined,
  digits: undefined,
  immutable: 'x-immutable',
  personal: 'x-personal',
  unit: 'x-unit',
};

const translate = (schema: JsonSchema): void => {
  // Zod's pattern of an instant is 300 characters long and says what the format says.
  if (schema.format === 'date-time') delete schema.pattern;
  if (schema.personal) schema.personal = true;
  for (const [word, translation] of Object.entries(OWN_WORDS)) {
    if (!Object.hasOwn(schema, word)) continue;
    if (translation) schema[translation] = schema[word];
    delete schema[word];
  }
  if (Object.hasOwn(schema, 'example')) {
    schema.examples = [schema.example];
    delete schema.example;
  }
};

/** The JSON Schema of a Zod schema: `input` is what may be sent, `output` what is answered. */
export const toJsonSchema = (schema: z.core.$ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    override: ({ jsonSchema }) => translate(jsonSchema as JsonSchema),
  });
  return json;
};

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The schema of a JSON Merge Patch for an object schema: nothing is required, and null removes what is optional.
 * Objects merge, so the same holds inside them; arrays are replaced whole.
 */
export const toPatchSchema = (
  schema: JsonSchema,
  keep: (name: string) => boolean = () => true,
): JsonSchema => {
  const required = new Set(schema.required as string[] | undefined);
  const entries = Object.entries(schema.properties as Record<string, JsonSchema>).filter(
    ([name, property]) => keep(name) && !property.readOnly && !property['x-immutable'],
  );
  const { required: _required, default: _default, ...rest } = schema;
  return {
    ...rest,
    properties: Object.fromEntries(
      entries.map(([name, property]) => [name, patchProperty(property, !required.has(name))]),
    ),
  };
};

const patchProperty = (property: JsonSchema, removable: boolean): JsonSchema => {
  const { default: _default, description, ...value } = property;
  const inner = isSchema(property.properties) ? toPatchSchema(value) : value;
  const described = description === undefined ? {} : { description };
  return removable
    ? { anyOf: [inner, { type: 'null', description: 'Removes it' }], ...described }
    : { ...inner, ...described };
};
