import jsonata from 'jsonata';
import type { Template } from '../definition/schema.ts';
import { expressionIn } from '../definition/expressions.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { bounded } from './effort.ts';
import { QueryError } from './errors.ts';
import { addFunctions } from './functions.ts';

/** What an expression may refer to: variables, and `states`. */
export type Bindings = Readonly<Record<string, Json>>;

const compiled = new Map<string, jsonata.Expression>();

const compile = (expression: string): jsonata.Expression => {
  const known = compiled.get(expression) ?? bounded(addFunctions(jsonata(expression)));
  compiled.set(expression, known);
  return known;
};

const isFunction = (value: unknown): boolean =>
  typeof value === 'function' ||
  (typeof value === 'object' &&
    value !== null &&
    ('_jsonata_lambda' in value || '_jsonata_function' in value));

const asJson = (value: unknown): Json =>
  JSON.parse(
    JSON.stringify(value, (_, part: unknown) => {
      if (isFunction(part)) throw new Error('a function is no JSON value');
      if (typeof part === 'number' && !Number.isFinite(part)) throw new Error('a number is out of range');
      return part;
    }),
  ) as Json;

const explain = (error: unknown): string => {
  const { code, message } = error as { code?: string; message: string };
  return code === undefined ? message : `${code}: ${message}`;
};

/** Gives the value of an expression; throws QueryError when it has none. */
const run = async (expression: string, bindings: Bindings, location: string): Promise<Json> => {
  const about = `The JSONata expression '${expression}' specified for the field '${location}'`;
  const failed = (error: unknown) =>
    new QueryError(location, `${about} threw an error during evaluation. ${explain(error)}`);
  const value: unknown = await compile(expression)
    .evaluate(undefined, bindings)
    .catch((error: unknown) => Promise.reject(failed(error)));
  if (value === undefined) throw new QueryError(location, `${about} returned nothing (undefined).`);
  try {
    return asJson(value);
  } catch (error) {
    throw failed(error);
  }
};

const evaluateEntries = async (
  template: JsonObject,
  bindings: Bindings,
  location: string,
): Promise<JsonObject> => {
  const entries: [string, Json][] = [];
  for (const [key, part] of Object.entries(template))
    entries.push([key, await evaluate(part, bindings, `${location}/${key}`)]);
  return Object.fromEntries(entries);
};

/**
 * A template with every `{% expression %}` in it replaced by its value. Throws QueryError with the path of the field.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 *
 * @example
 * await evaluate({ id: '{% $states.input.id %}' }, { states: { input: { id: 7 } } }, 'Output') // { id: 7 }
 */
export const evaluate = async (template: Template, bindings: Bindings, location: string): Promise<Json> => {
  if (typeof template === 'string') {
    const expression = expressionIn(template);
    return expression === undefined ? template : await run(expression, bindings, location);
  }
  if (Array.isArray(template)) {
    const parts: Json[] = [];
    for (const [index, part] of template.entries())
      parts.push(await evaluate(part as Template, bindings, `${location}[${index}]`));
    return parts;
  }
  return isObject(template) ? await evaluateEntries(template, bindings, location) : template;
};

const typeOf = (value: Json): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};

/** The value of a field that must be of one type; throws QueryError of any other. */
export const evaluateTo = async <T extends Json>(
  type: 'array' | 'boolean' | 'number' | 'string',
  template: Template,
  bindings: Bindings,
  location: string,
): Promise<T> => {
  const value = await evaluate(template, bindings, location);
  if (typeOf(value) === type) return value as T;
  const expression = typeof template === 'string' ? (expressionIn(template) ?? template) : '';
  throw new QueryError(
    location,
    `The JSONata expression '${expression}' specified for the field '${location}' returned an unexpected result type. Expected '${type}', but was '${typeOf(value)}' for value: ${JSON.stringify(value)}`,
  );
};

/** A whole number within limits; throws QueryError of any other value. */
export const evaluateWhole = async (
  template: Template,
  bindings: Bindings,
  location: string,
  max = 99_999_999,
): Promise<number> => {
  const value = await evaluateTo<number>('number', template, bindings, location);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new QueryError(location, `${location} must be a whole number between 0 and ${max} but was: ${value}`);
};
