import * as z from 'zod';
import { invalid, ProblemError, type ProblemIssue } from '../../core/http/problem.ts';
import type { Event } from '../../core/schema/event.ts';
import { id, timestamp } from '../../core/schema/index.ts';
import { issuesOf, pointer, type Issue } from '../../core/schema/issues.ts';
import { eventSchema } from '../../core/schema/record.ts';

/** One event of a request, valid. What the client left out is undefined. */
export interface PostedEvent {
  readonly event: Event;
  readonly id: string | undefined;
  readonly time: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

const MAX_EVENTS = 500;
const MAX_ERRORS = 100;

const requestSchema = z.strictObject({ events: z.array(z.unknown()).min(1).max(MAX_EVENTS) });

const envelopeSchema = z.strictObject({
  type: z.string(),
  id: id().optional(),
  time: timestamp().optional(),
  data: z.unknown(),
});

const under = (path: readonly PropertyKey[], issues: readonly Issue[]): Issue[] =>
  issues.map((issue) => ({ ...issue, pointer: pointer(path) + issue.pointer }));

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProblemError('malformed-json', 'Send {"events":[{"type":…,"data":{…}}]} as JSON.', { cause });
  }
};

const readEvents = (text: string): readonly unknown[] => {
  const request = requestSchema.safeParse(readJson(text));
  if (request.success) return request.data.events;
  throw invalid(issuesOf(request.error));
};

const refuse = (issues: readonly ProblemIssue[]): ProblemError =>
  issues.length <= MAX_ERRORS
    ? invalid(issues)
    : new ProblemError(
        'validation-failed',
        `${issues.length} things are wrong with it; the first ${MAX_ERRORS} are named.`,
        { errors: issues.slice(0, MAX_ERRORS) },
      );

type Parsed = { readonly event: PostedEvent } | { readonly issues: readonly Issue[] };

const compileEvent = (events: readonly Event[]) => {
  const known = new Map(events.map((event) => [event.name, { event, schema: eventSchema(event) }]));
  const names = [...known.keys()].join(', ');
  return (value: unknown): Parsed => {
    const envelope = envelopeSchema.safeParse(value);
    if (!envelope.success) return { issues: issuesOf(envelope.error) };
    const { type, id: given, time, data } = envelope.data;
    const target = known.get(type);
    if (!target)
      return { issues: [{ pointer: '/type', message: `There is no such event; use one of ${names}` }] };
    const parsed = target.schema.safeParse(data);
    return parsed.success
      ? { event: { event: target.event, id: given, time, data: parsed.data } }
      : { issues: under(['data'], issuesOf(parsed.error)) };
  };
};

/**
 * Compiles events into a function from the body of `POST /events` to what it holds. All of it is valid, or it
 * throws ProblemError that names each wrong thing by its pointer, such as `/events/3/data/productId`.
 *
 * @example
 * const parseBody = eventParser([productViewed]);
 * parseBody('{"events":[{"type":"product_viewed","data":{"productId":"p1","sessionId":"s1"}}]}')
 */
export const eventParser = (events: readonly Event[]): ((body: string) => PostedEvent[]) => {
  const parse = compileEvent(events);
  return (body) => {
    const issues: Issue[] = [];
    const posted: PostedEvent[] = [];
    for (const [index, value] of readEvents(body).entries()) {
      const parsed = parse(value);
      if ('event' in parsed) posted.push(parsed.event);
      else issues.push(...under(['events', index], parsed.issues));
    }
    if (issues.length > 0) throw refuse(issues);
    return posted;
  };
};
