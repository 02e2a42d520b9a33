import { PROBLEMS, problemUri, type ProblemCode } from '../http/problem.ts';
import type { OpenApiDocument } from '../openapi/document.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { html, prose, type Html } from './html.ts';
import { operationSection, type Examples, type Located, type Operation } from './operation.ts';
import { schemaSection } from './schema-table.ts';

/** Style and script of the page. They stand inside it, each named by its hash in the content security policy. */
export interface PageAssets {
  readonly style: string;
  readonly script: string;
}

interface Tag {
  readonly name: string;
  readonly description?: string;
}

interface Parts {
  readonly document: OpenApiDocument;
  readonly tags: readonly Tag[];
  readonly operations: readonly Located[];
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  readonly examples: Examples;
  readonly bearer: string;
}

type Responses = Operation['responses'];

const resolved = (responses: Responses, shared: object = {}): Responses =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      response.$ref === undefined
        ? response
        : ((shared as Responses)[response.$ref.replace('#/components/responses/', '')] ?? response),
    ]),
  );

/** HEAD is what GET is, so it is not shown. */
const operationsOf = ({ paths, components }: OpenApiDocument): Located[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations as Record<string, Operation>)
      .filter(([method]) => method !== 'head')
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation: { ...operation, responses: resolved(operation.responses, components.responses) },
      })),
  );

const partsOf = (document: OpenApiDocument): Parts => {
  const { schemas = {}, securitySchemes } = document.components;
  const entries = Object.entries(schemas as Parts['schemas']);
  return {
    document,
    tags: (document.tags ?? []) as readonly Tag[],
    operations: operationsOf(document),
    schemas: schemas as Parts['schemas'],
    examples: Object.fromEntries(
      entries.map(([name, schema]) => [name, (schema.examples as unknown[] | undefined)?.[0]]),
    ),
    bearer: (securitySchemes as { bearer?: { description?: string } } | undefined)?.bearer?.description ?? '',
  };
};

const navigation = ({ tags }: Parts): Html =>
  html`<nav aria-label="Sections">
    <ul>
      ${tags.map(({ name }) => html`<li><a href="#tag-${name}">${name}</a></li> `)}
      <li><a href="#schemas">schemas</a></li>
      <li><a href="#problems">problems</a></li>
      <li><a href="openapi.json">openapi.json</a></li>
    </ul>
  </nav>`;

const tokenSection = ({ bearer }: Parts): Html =>
  html`<section aria-labelledby="token-title">
    <h2 id="token-title">Token</h2>
    <p>${prose(bearer)}</p>
    <form id="token-form" hidden autocomplete="off">
      <label for="token">Access token, kept until you leave this page</label>
      <input id="token" type="password" spellcheck="false" autocomplete="off" />
    </form>
    <noscript><p>Trying requests from this page needs JavaScript; reading does not.</p></noscript>
  </section>`;

const tagSection = ({ name, description = '' }: Tag, { operations, examples }: Parts): Html =>
  html`<section aria-labelledby="tag-${name}">
    <h2 id="tag-${name}">${name}</h2>
    <p>${prose(description)}</p>
    ${operations
      .filter(({ operation }) => operation.tags?.includes(name))
      .map((located) => operationSection(located, examples))}
  </section> `;

const problemRow = ([code, { status, title }]: [string, { status: number; title: string }]): Html =>
  html`<tr>
    <th scope="row"><code>${problemUri(code as ProblemCode)}</code></th>
    <td>${status}</td>
    <td>${title}</td>
  </tr>`;

const problemSection = (): Html =>
  html`<section aria-labelledby="problems">
    <h2 id="problems">Problems</h2>
    <p>What is not answered as asked is answered by a problem document (RFC 9457) of one of these types.</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Type</th>
            <th scope="col">Status</th>
            <th scope="col">Title</th>
          </tr>
        </thead>
        <tbody>
          ${Object.entries(PROBLEMS).map(problemRow)}
        </tbody>
      </table>
    </div>
  </section>`;

const body = (parts: Parts): Html => {
  const { title, version, description } = parts.document.info;
  return html`<a class="skip" href="#main">To the routes</a>
    <header>
      <h1>${title} <small>API ${version}</small></h1>
      <p>${prose(description)}</p>
      ${navigation(parts)}
    </header>
    <main id="main">
      ${tokenSection(parts)} ${parts.tags.map((tag) => tagSection(tag, parts))}
      <section aria-labelledby="schemas">
        <h2 id="schemas">Schemas</h2>
        ${Object.entries(parts.schemas).map(([name, schema]) => schemaSection(name, schema))}
      </section>
      ${problemSection()}
    </main>`;
};

/**
 * An OpenAPI document as one page of HTML that needs nothing else: routes with their forms, schemas and problems. It can
 * be read without its script, which only sends requests.
 *
 * @example
 * docsPage(openApi(schemas, info), { style, script })
 */
export const docsPage = (document: OpenApiDocument, { style, script }: PageAssets): string => {
  const { title, version } = document.info;
  const head = [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    html`<title>${title} API ${version}</title>`.html,
    `<style>${style}</style>\n</head>\n<body>`,
  ];
  return [...head, body(partsOf(document)).html, `<script>${script}</script>\n</body>\n</html>\n`].join('\n');
};
