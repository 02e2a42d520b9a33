import * as z from 'zod';

const limitsSchema = z.object({
  ThrottlingBurstLimit: z.coerce.number().optional(),
  ThrottlingRateLimit: z.coerce.number().optional(),
});

const stageSchema = z.object({
  DefaultRouteSettings: limitsSchema.default({}),
  RouteSettings: z.record(z.string(), limitsSchema).default({}),
});

/** Whether a request of a route, by its key, may pass now. */
export type Throttle = (routeKey: string) => boolean;

/** Tokens of one route: as many as its burst, refilled at its rate per second. */
const bucket = (rate: number, burst: number, now: () => number): (() => boolean) => {
  let [tokens, filledAt] = [burst, now()];
  return () => {
    const time = now();
    tokens = Math.min(burst, tokens + ((time - filledAt) / 1000) * rate);
    filledAt = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};

/**
 * The throttling of a stage: a token bucket for each route, with its own limits or the stage's. A route without limits
 * is not throttled: the quota of an account is not known here.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 *
 * @example
 * const passes = throttleOf(stage.properties);
 * passes('POST /orders'); // false when too many came at once
 */
export const throttleOf = (
  stage: Readonly<Record<string, unknown>>,
  now: () => number = () => performance.now(),
): Throttle => {
  const { DefaultRouteSettings: shared, RouteSettings: own } = stageSchema.parse(stage);
  const buckets = new Map<string, () => boolean>();
  const make = (routeKey: string): (() => boolean) => {
    const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = { ...shared, ...own[routeKey] };
    return rate === undefined || burst === undefined ? () => true : bucket(rate, burst, now);
  };
  return (routeKey) => {
    const take = buckets.get(routeKey) ?? make(routeKey);
    buckets.set(routeKey, take);
    return take();
  };
};
