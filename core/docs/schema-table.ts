import type { JsonSchema } from '../openapi/json-schema.ts';
import { html, prose, type Html } from './html.ts';

type Schemas = Readonly<Record<string, JsonSchema>>;

interface Row {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const nameOf = (reference: unknown): string => textOf(reference).split('/').at(-1) ?? '';

const alternatives = ({ anyOf, oneOf }: JsonSchema): JsonSchema[] =>
  [anyOf ?? oneOf ?? []].flat().filter(isSchema);

const plainType = ({ type, format }: JsonSchema): string =>
  [textOf(type), format === undefined ? '' : `(${textOf(format)})`].filter(Boolean).join(' ') || 'any';

/** What a schema takes, in a few words. */
const typeInWords = (schema: JsonSchema): string => {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = alternatives(schema);
  if (choices.length > 0) return choices.map(typeInWords).join(' | ');
  if (schema.type === 'array' && isSchema(schema.items)) return `array of ${typeInWords(schema.items)}`;
  return plainType(schema);
};

const FLAGS: Readonly<Record<string, string>> = {
  readOnly: 'set by the server',
  'x-immutable': 'never changes',
  'x-personal': 'personal data',
};

const LIMITS = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern'] as const;

const notesOf = (schema: JsonSchema): string => {
  const flags = Object.entries(FLAGS).flatMap(([word, text]) => (schema[word] === true ? [text] : []));
  const limits = LIMITS.flatMap((word) =>
    schema[word] === undefined ? [] : [`${word} ${textOf(schema[word])}`],
  );
  return [...flags, ...limits].join('; ');
};

/** Below an array its items, below an optional value the value. */
const innerOf = (schema: JsonSchema): { suffix: string; inner: JsonSchema } => {
  if (schema.type === 'array' && isSchema(schema.items)) return { suffix: '[]', inner: schema.items };
  const inner = alternatives(schema).find(({ type }) => type === 'object');
  return { suffix: '', inner: inner ?? schema };
};

const rowsOf = (schema: JsonSchema, prefix = ''): Row[] => {
  const required = new Set(schema.required as string[] | undefined);
  return Object.entries((schema.properties ?? {}) as Schemas).flatMap(([name, property]) => {
    const { suffix, inner } = innerOf(property);
    const row = { path: prefix + name, schema: property, required: required.has(name) };
    return [row, ...rowsOf(inner, `${prefix}${name}${suffix}.`)];
  });
};

const typeCell = (schema: JsonSchema): Html =>
  schema.$ref
    ? html`<a href="#schema-${nameOf(schema.$ref)}">${nameOf(schema.$ref)}</a>`
    : html`<code>${typeInWords(schema)}</code>`;

const rowOf = ({ path, schema, required }: Row): Html =>
  html`<tr>
    <th scope="row"><code>${path}</code>${required && html` <small>required</small>`}</th>
    <td>${typeCell(schema)}</td>
    <td>${prose(textOf(schema.description))} <small>${notesOf(schema)}</small></td>
  </tr>`;

const fieldsOf = (schema: JsonSchema): Html => {
  const rows = rowsOf(schema);
  if (rows.length === 0)
    return html`<p>One of ${alternatives(schema).map((one) => html`<span>${typeCell(one)} </span>`)}</p>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(rowOf)}
      </tbody>
    </table>
  </div>`;
};

const exampleOf = ({ examples }: JsonSchema): Html | false => {
  const [example] = (examples as unknown[] | undefined) ?? [];
  return (
    example !== undefined &&
    html`<details>
      <summary>Example</summary>
      <pre tabindex="0">${JSON.stringify(example, null, 2)}</pre>
    </details>`
  );
};

/** One schema as a section: what it is, its fields, an example. */
export const schemaSection = (name: string, schema: JsonSchema): Html =>
  html`<section class="schema" id="schema-${name}" aria-labelledby="h-schema-${name}">
    <h3 id="h-schema-${name}">${name}</h3>
    <p>${prose(textOf(schema.description))}</p>
    ${fieldsOf(schema)} ${exampleOf(schema)}
  </section> `;
