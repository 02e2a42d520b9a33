import { INSIGHT_ROUTES } from '../http/routes.ts';
import { jsonContent, ref } from './components.ts';
import { headers } from './headers.ts';
import type { JsonSchema } from './json-schema.ts';
import { problemResponses } from './problems.ts';

type Described = Readonly<Record<string, unknown>>;

/** What the page says of all insights. */
export const INSIGHTS_TAG = {
  name: 'insights',
  description: 'Answers that the lake has worked out and keeps ready: each a table, in pages',
};

const text = (description: string): JsonSchema => ({ type: 'string', description });

const object = (description: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  description,
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => name !== 'cursor'),
  additionalProperties: false,
});

const LISTED = {
  name: 'daily_revenue',
  question: 'What did we earn each day, by currency and category?',
  refresh: 'every',
  key: ['day', 'currency'],
};

const listedSchema = (): JsonSchema => ({
  ...object('An insight you may read. It is there as soon as it was built for the first time', {
    name: text('What it is called, and the last part of its path'),
    question: text('What it answers'),
    refresh: {
      type: 'string',
      enum: ['every', 'daily'],
      description: 'Whether it is made anew with every refresh of the lake, or once a day',
    },
    key: {
      type: 'array',
      items: { type: 'string' },
      description: 'Columns that tell its rows apart and order them',
    },
  }),
  examples: [LISTED],
});

const columnSchema = (): JsonSchema =>
  object('A column of an insight', {
    name: text('What it is called in every row'),
    type: text('Its type in Athena’s words, such as `bigint`, `decimal` or `timestamp`'),
  });

const rowSchema = (): JsonSchema => ({
  description:
    'A row: the values by column. Decimals, and whole numbers past 2^53, are texts, so that no reader rounds them; times are ISO ' +
    '8601 in UTC',
  type: 'object',
  additionalProperties: { anyOf: ['string', 'number', 'boolean', 'null'].map((type) => ({ type })) },
});

const insightSchema = (): JsonSchema => ({
  ...object('A page of an insight. Pages that cursors lead to are all of one version', {
    name: text('What it is called'),
    question: text('What it answers'),
    asOf: { ...text('When it was made'), format: 'date-time' },
    version: text('Which making of it this page is of'),
    rows: { type: 'integer', minimum: 0, description: 'How many rows all pages have' },
    columns: { type: 'array', items: ref('InsightColumn') },
    items: {
      type: 'array',
      items: ref('InsightRow'),
      description: 'The rows of this page, in order of the key',
    },
    cursor: text('Ask again with it for the rows that follow; absent after the last'),
  }),
  examples: [
    {
      name: LISTED.name,
      question: LISTED.question,
      asOf: '2026-11-22T13:00:00.000Z',
      version: '20261122t130000',
      rows: 1,
      columns: [
        { name: 'day', type: 'date' },
        { name: 'currency', type: 'varchar' },
        { name: 'amount', type: 'bigint' },
      ],
      items: [{ day: '2026-11-22', currency: 'EUR', amount: 1999 }],
    },
  ],
});

/** The component schemas of insights: one of them, and what lists them. */
export const insightComponents = (): Record<string, JsonSchema> => ({
  Insight: insightSchema(),
  InsightColumn: columnSchema(),
  InsightRow: rowSchema(),
  ListedInsight: listedSchema(),
  InsightList: {
    ...object('The insights you may read', { items: { type: 'array', items: ref('ListedInsight') } }),
    examples: [{ items: [LISTED] }],
  },
});

const parameter = (place: string, name: string, rest: Described): Described => ({
  name,
  in: place,
  schema: { type: 'string' },
  ...rest,
});

const HEADERS = headers('X-Request-Id', 'ETag', 'Last-Modified', 'Age', 'Cache-Control');

const answers: Readonly<Record<string, Described>> = {
  listInsights: {
    summary: 'List the insights you may read',
    responses: {
      200: {
        description: 'Those you may read, built or not',
        headers: headers('X-Request-Id'),
        content: jsonContent('InsightList'),
      },
      ...problemResponses(['validation-failed', 'unauthorized']),
    },
  },
  readInsight: {
    summary: 'Read a page of an insight',
    description:
      'Each insight says who may read it, by group or scope. One that is not yours is answered as one that is not there.',
    parameters: [
      parameter('path', 'name', {
        required: true,
        description: 'One of those `GET /insights` lists',
        example: LISTED.name,
      }),
      parameter('query', 'cursor', {
        description:
          'From the page before. It goes on in the version of that page, for a day after a newer one is there',
        example: 'rD0m2mFzb1pXc2VhbGVkW10',
      }),
      parameter('header', 'If-None-Match', {
        description: 'Only when it is no longer as its ETag says',
        example: '"20261122t130000.0.kX3f9a_Q"',
      }),
    ],
    responses: {
      200: { description: 'The page', headers: HEADERS, content: jsonContent('Insight') },
      304: { description: 'It is still as that ETag says', headers: HEADERS },
      ...problemResponses(['validation-failed', 'bad-cursor', 'unauthorized', 'not-found']),
    },
  },
};

/** The paths of insights. Who may read which is not told here: any valid token may ask. */
export const insightPaths = (): Record<string, Readonly<Record<string, Described>>> =>
  Object.fromEntries(
    INSIGHT_ROUTES.map(({ method, path, operationId }) => [
      path,
      {
        [method.toLowerCase()]: {
          operationId,
          tags: [INSIGHTS_TAG.name],
          security: [{ bearer: [] }],
          ...answers[operationId],
        },
      },
    ]),
  );
