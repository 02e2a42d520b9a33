import * as z from 'zod';
import { IDENTIFIER } from '../schema/fields.ts';
import type { JsonSchema } from './json-schema.ts';

type Make = (schema: JsonSchema) => unknown;

const TEXT_BY_FORMAT: Readonly<Record<string, string>> = {
  email: 'ada@example.com',
  'date-time': '2026-11-22T13:00:00.000Z',
  date: '2026-11-22',
  uuid: '0e0cb3f6-4a4c-4fd4-9f0b-8a1c3c3d5b1a',
  uri: 'https://example.com/',
};
const TEXTS = ['Text', 'text', 'a1', 'EUR', 'DE', '1', '12.50', '2026-11-22'];

const textFor: Make = ({ format, pattern, minLength, maxLength }) => {
  const known = pattern === IDENTIFIER.source ? TEXT_BY_FORMAT.uuid : TEXT_BY_FORMAT[String(format)];
  if (known) return known;
  const matches = new RegExp(typeof pattern === 'string' ? pattern : '');
  const text = TEXTS.find((candidate) => matches.test(candidate)) ?? 'Text';
  return text.padEnd(Number(minLength ?? 0), 't').slice(0, Number(maxLength ?? Infinity));
};

const objectFor: Make = ({ properties }) =>
  Object.fromEntries(
    Object.entries((properties ?? {}) as Record<string, JsonSchema>).map(([name, property]) => [
      name,
      exampleFor(property),
    ]),
  );

const makers: Readonly<Record<string, Make>> = {
  string: textFor,
  integer: ({ minimum }) => Math.max(Number(minimum ?? 0), 1),
  number: ({ minimum }) => Math.max(Number(minimum ?? 0), 1.5),
  boolean: () => true,
  array: ({ items }) => [exampleFor(items as JsonSchema)],
  object: objectFor,
};

/** A value of a JSON Schema, as far as its keywords say what one looks like. */
export const exampleFor: Make = (schema) => {
  const [said] = (schema.examples as unknown[] | undefined) ?? [];
  const [listed] = (schema.enum as unknown[] | undefined) ?? [];
  return said ?? listed ?? schema.const ?? makers[String(schema.type)]?.(schema);
};

/**
 * An example of a JSON Schema that its Zod schema takes, or undefined when none is easily found.
 * Pass a schema's `example` meta to give your own.
 */
export const exampleOf = (json: JsonSchema, schema: z.ZodObject): unknown => {
  const example = exampleFor(json);
  return z.safeParse(schema, example).success ? example : undefined;
};
