import middyfy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { namesOf } from '../../core/deployment.ts';
import { EVENTS_ROUTE } from '../../core/http/routes.ts';
import { publishedOf } from '../../core/insights/published.ts';
import type { SavedQuery } from '../../core/queries/parse.ts';
import { entitiesOf, eventsOf, type Schema } from '../../core/schema/load.ts';
import { measured, type Meter } from '../shared/capacity.ts';
import { within } from '../shared/deadline.ts';
import type { Observe } from '../shared/observe.ts';
import { problemAnswer } from '../shared/problem-answer.ts';
import type { Answer, HttpEvent } from './call.ts';
import { endpointsOf } from './endpoints.ts';
import { modelOf } from './model.ts';
import { router, type Routed } from './routing.ts';
import type { Rule } from './rules/rule.ts';
import type { CursorKey } from './seal.ts';
import type { Service } from './service.ts';
import { guarded, type Store } from './store.ts';

/** What the api is made of. */
export interface ApplicationParts {
  readonly schemas: readonly Schema[];
  /** The marts that are published are read as insights; left out, there are none. */
  readonly queries?: readonly SavedQuery[];
  readonly names: Pick<ReturnType<typeof namesOf>, 'table' | 'guards' | 'insights'>;
  readonly store: Store;
  readonly rules: Readonly<Record<string, Rule>>;
  /** The secret that cursors are signed with. */
  readonly cursorKey: CursorKey;
  readonly observe: Observe;
  readonly info: { readonly title: string; readonly version: string };
  readonly clock?: Partial<Pick<Service, 'now' | 'newId' | 'wait'>>;
}

/** The handler Lambda calls. */
export type Api = (event: HttpEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

interface Outcome {
  readonly route: string;
  readonly capacityUnits: number;
  readonly answer: Answer & { readonly problem?: string; readonly fault?: unknown };
}

const CLOCK: Pick<Service, 'now' | 'newId' | 'wait'> = {
  now: () => new Date(),
  newId: () => crypto.randomUUID(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

const settle = async (
  find: (event: HttpEvent) => Routed,
  event: HttpEvent,
  remainingMs: number,
): Promise<Outcome> => {
  const meter: Meter = { units: 0 };
  let route = '$default';
  try {
    const routed = find(event);
    route = routed.route;
    const work = measured(meter, () => within(remainingMs, () => routed.answer()));
    const answer = await guarded(work);
    return { route, answer, capacityUnits: meter.units };
  } catch (error) {
    const { requestId } = event.requestContext;
    const answer = problemAnswer(error, { instance: event.rawPath, requestId });
    return { route, answer, capacityUnits: meter.units };
  }
};

/** The trace a request belongs to. A client may send this header, so only its own form goes to the log. */
const traceIdOf = ({ headers }: HttpEvent): string | undefined =>
  /\bRoot=(1-[\da-f]{8}-[\da-f]{24})\b/.exec(headers['x-amzn-trace-id'] ?? '')?.[1];

const toResult = (event: HttpEvent, { answer }: Outcome): APIGatewayProxyStructuredResultV2 => {
  const { status, headers, body, text } = answer;
  const { requestId, http } = event.requestContext;
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  return {
    statusCode: status,
    headers: { ...type, 'x-request-id': requestId, ...headers },
    ...(sent === undefined || http.method === 'HEAD' ? {} : { body: sent }),
  };
};

const observer = (observe: Observe) => {
  const started = new WeakMap<object, number>();
  return {
    before: ({ event }: { event: HttpEvent }): void => {
      started.set(event, performance.now());
    },
    after: ({ event, response }: { event: HttpEvent; response: unknown }): void => {
      const { route, answer, capacityUnits } = response as Outcome;
      observe({
        requestId: event.requestContext.requestId,
        method: event.requestContext.http.method,
        route,
        status: answer.status,
        latencyMs: Math.round((performance.now() - (started.get(event) ?? 0)) * 1000) / 1000,
        capacityUnits,
        traceId: traceIdOf(event),
        problem: answer.problem,
        fault: answer.fault,
      });
    },
  };
};

/** Makes text of the answer. Its `after` runs after the observer's, which still sees the whole answer. */
const respond = () => ({
  after: (request: { event: HttpEvent; response: unknown }): void => {
    request.response = toResult(request.event, request.response as Outcome);
  },
});

/**
 * The API over a store: every entity among the schemas, insights, the health and the OpenAPI document.
 *
 * @example
 * export const handler = application({ schemas, names: namesOf('dev'), store: dynamoStore(client), … });
 */
export const application = (parts: ApplicationParts): Api => {
  const { schemas, queries = [], names, store, rules, cursorKey, observe, info, clock } = parts;
  const models = new Map(entitiesOf(schemas).map((entity) => [entity.name, modelOf(entity, names)]));
  const service: Service = {
    store,
    unbound: store,
    models,
    guards: names.guards,
    insights: { table: names.insights, published: publishedOf(queries) },
    rules,
    cursorKey,
    ...CLOCK,
    ...clock,
  };
  const elsewhere = eventsOf(schemas).length > 0 ? [EVENTS_ROUTE] : [];
  const find = router(endpointsOf(service, schemas, info), elsewhere);
  return middyfy({ timeoutEarlyInMillis: 0 })
    .use(respond())
    .use(observer(observe))
    .handler((event: HttpEvent, context: Context) => settle(find, event, context.getRemainingTimeInMillis()));
};
