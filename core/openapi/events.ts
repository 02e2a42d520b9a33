import * as z from 'zod';
import { EVENTS_ROUTE, typeName } from '../http/routes.ts';
import { id, timestamp } from '../schema/fields.ts';
import type { Event } from '../schema/event.ts';
import { eventSchema } from '../schema/record.ts';
import { jsonContent, ref } from './components.ts';
import { exampleOf } from './example.ts';
import { headers } from './headers.ts';
import { toJsonSchema, type JsonSchema } from './json-schema.ts';
import { problemResponses } from './problems.ts';
import { grantsInWords, securityOf } from './security.ts';

/** How many events one request may carry. */
const EVENTS_LIMIT = { minItems: 1, maxItems: 500 } as const;

const postedSchema = (event: Event): z.ZodObject =>
  z.strictObject({
    type: z.literal(event.name),
    id: id().optional().meta({ description: 'Yours; the same when sent twice. Made on arrival when absent' }),
    time: timestamp().optional().meta({ description: 'When it happened; when it arrived, if absent' }),
    data: eventSchema(event),
  });

const exampleEvent = (event: Event): unknown => {
  const schema = postedSchema(event);
  return exampleOf(toJsonSchema(schema, 'input'), schema);
};

const eventComponent = (event: Event): JsonSchema => {
  const example = exampleEvent(event);
  return {
    description: event.description,
    ...toJsonSchema(postedSchema(event), 'input'),
    ...(example === undefined ? {} : { examples: [example] }),
  };
};

const anyEvent = (events: readonly Event[]): JsonSchema => ({
  description: 'One event of any type',
  oneOf: events.map((event) => ref(`${typeName(event)}Event`)),
  discriminator: {
    propertyName: 'type',
    mapping: Object.fromEntries(
      events.map((event) => [event.name, `#/components/schemas/${typeName(event)}Event`]),
    ),
  },
});

/** The component schemas of events: one each, and the request that carries them. */
export const eventComponents = (events: readonly Event[]): Record<string, JsonSchema> => ({
  ...Object.fromEntries(events.map((event) => [`${typeName(event)}Event`, eventComponent(event)])),
  AnyEvent: anyEvent(events),
  EventsAccepted: {
    description: 'Events were taken',
    type: 'object',
    properties: { accepted: { type: 'integer', description: 'How many' } },
    required: ['accepted'],
    additionalProperties: false,
    examples: [{ accepted: 2 }],
  },
  Events: {
    description: 'Events to report',
    type: 'object',
    properties: { events: { type: 'array', items: ref('AnyEvent'), ...EVENTS_LIMIT } },
    required: ['events'],
    additionalProperties: false,
    examples: [{ events: events.map(exampleEvent).filter((example) => example !== undefined) }],
  },
});

const whoReports = (events: readonly Event[]): string =>
  events.map(({ name, access }) => `To report ${name} takes ${grantsInWords(access.create)}.`).join(' ');

/** The path that takes events. */
export const eventPaths = (events: readonly Event[]) => ({
  [EVENTS_ROUTE.path]: {
    post: {
      operationId: EVENTS_ROUTE.operationId,
      tags: ['events'],
      summary: 'Report events',
      description: `They go to the lake, in no particular order. All are taken, or none. ${whoReports(events)}`,
      security: securityOf([...new Set(events.flatMap(({ access }) => access.create))]),
      requestBody: { required: true, content: jsonContent('Events') },
      responses: {
        202: {
          description: 'Taken',
          headers: headers('X-Request-Id'),
          content: jsonContent('EventsAccepted'),
        },
        ...problemResponses([
          'validation-failed',
          'malformed-json',
          'unauthorized',
          'forbidden',
          'too-large',
          'unsupported-media-type',
        ]),
      },
    },
  },
});
