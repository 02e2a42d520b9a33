import type { JsonSchema } from '../openapi/json-schema.ts';
import { html, prose, type Html } from './html.ts';

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
}

interface Response {
  readonly $ref?: string;
  readonly description: string;
  readonly content?: Content;
}

/** The parts of an OpenAPI operation that the page shows. */
export interface Operation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly security?: readonly { readonly bearer?: readonly string[] }[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
}

/** An operation and where it is. */
export interface Located {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Examples by name of schema. */
export type Examples = Readonly<Record<string, unknown>>;

const nameOf = ({ $ref }: JsonSchema = {}): string =>
  (typeof $ref === 'string' ? $ref : '').split('/').at(-1) ?? '';

const linkTo = (schema: JsonSchema | undefined): Html | false =>
  schema?.$ref !== undefined && html`<a href="#schema-${nameOf(schema)}">${nameOf(schema)}</a>`;

const whoMay = ({ security }: Operation): string => {
  if (security?.length === 0) return 'anybody, without a token';
  const names = security?.map(({ bearer = [] }) => bearer.join(' and ')) ?? [''];
  return names.includes('') ? 'any valid token' : names.join(' or ');
};

const responseRow = ([status, { description, content = {} }]: [string, Response]): Html => {
  const [[type, body] = []] = Object.entries(content);
  return html`<tr>
    <th scope="row">${status}</th>
    <td>${prose(description)}</td>
    <td>${linkTo(body?.schema)} ${type && html`<small>${type}</small>`}</td>
  </tr>`;
};

const field = (id: string, { name, in: place, required = false, description = '' }: Parameter): Html =>
  html`<div>
    <label for="${id}">${name} <small>${place}${required && ', required'}</small></label>
    <input
      id="${id}"
      name="${name}"
      data-in="${place}"
      ${required && html`required`}
      autocomplete="off"
      spellcheck="false"
      aria-describedby="${id}-d"
    />
    <small id="${id}-d">${prose(description)}</small>
  </div>`;

const bodyField = (id: string, { requestBody }: Operation, examples: Examples): Html | false => {
  const [[type, body] = []] = Object.entries(requestBody?.content ?? {});
  if (!type) return false;
  const example = examples[nameOf(body?.schema)] ?? {};
  return html`<div>
    <label for="${id}-body">Body</label> <small>${type} ${linkTo(body?.schema)}</small>
    <textarea id="${id}-body" name="body" data-type="${type}" rows="10" spellcheck="false">
${JSON.stringify(example, null, 2)}</textarea>
  </div>`;
};

/** The form that sends the request. It is hidden until the script of the page, which it needs, shows it. */
const tryIt = ({ method, path, operation }: Located, examples: Examples): Html => {
  const id = `try-${operation.operationId}`;
  return html`<form
    class="try"
    hidden
    data-method="${method}"
    data-path="${path}"
    aria-label="Try ${method} ${path}"
  >
    ${(operation.parameters ?? []).map((parameter, index) => field(`${id}-${index}`, parameter))}
    ${bodyField(id, operation, examples)}
    <button type="submit">Send</button>
    <output aria-live="polite"></output>
  </form>`;
};

const responses = (operation: Operation): Html =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Means</th>
          <th scope="col">Body</th>
        </tr>
      </thead>
      <tbody>
        ${Object.entries(operation.responses).map(responseRow)}
      </tbody>
    </table>
  </div>`;

/** One operation: what it does, who may, what it answers, and a form to try it. */
export const operationSection = (located: Located, examples: Examples): Html => {
  const { method, path, operation } = located;
  return html`<details class="operation" id="${operation.operationId}">
    <summary>
      <span class="method">${method}</span> <code>${path}</code> <span>${operation.summary ?? ''}</span>
    </summary>
    ${operation.description !== undefined && html`<p>${prose(operation.description)}</p>`}
    <p>Who may: <code>${whoMay(operation)}</code></p>
    ${responses(operation)} ${tryIt(located, examples)}
  </details> `;
};
