import type { JsonSchema } from '../openapi/json-schema.ts';
import { schemaType } from './schema-type.ts';
import { literal, objectType, type Member } from './text.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

/** A response of the document, or a reference to one. */
export interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Content;
}

/** An operation of the document. */
export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
}

const PLACES = ['query', 'header', 'path', 'cookie'];

const parameterMember = ({ name, required = false, description, schema }: Parameter): Member => ({
  name,
  type: schemaType(schema),
  optional: !required,
  comment: description,
});

const placeMember = (place: string, parameters: readonly Parameter[]): Member => {
  const members = parameters.filter((parameter) => parameter.in === place).map(parameterMember);
  const isOptional = members.every(({ optional }) => optional);
  return { name: place, type: members.length === 0 ? 'never' : objectType(members), optional: isOptional };
};

const parametersType = (parameters: readonly Parameter[]): string =>
  objectType(PLACES.map((place) => placeMember(place, parameters)));

const contentMember = (content: Content | undefined): Member =>
  content === undefined
    ? { name: 'content', type: 'never', optional: true }
    : {
        name: 'content',
        type: objectType(
          Object.entries(content).map(([type, { schema }]) => ({ name: type, type: schemaType(schema) })),
        ),
      };

/** The type of a response. */
export const responseType = ({ $ref, headers = {}, content }: Response): string => {
  if ($ref !== undefined) return `components['responses'][${literal($ref.split('/').at(-1))}]`;
  const named = Object.keys(headers).map((name) => ({ name, type: 'string', optional: true }));
  return objectType([{ name: 'headers', type: objectType(named) }, contentMember(content)]);
};

const responseMember = ([status, response]: [string, Response]): Member => ({
  name: status,
  type: responseType(response),
  comment: response.description,
});

/** The type of an operation, in the form openapi-fetch reads. */
export const operationType = ({ parameters = [], requestBody, responses }: Operation): string =>
  objectType([
    { name: 'parameters', type: parametersType(parameters) },
    requestBody
      ? { name: 'requestBody', type: objectType([contentMember(requestBody.content)]) }
      : { name: 'requestBody', type: 'never', optional: true },
    { name: 'responses', type: objectType(Object.entries(responses).map(responseMember)) },
  ]);
