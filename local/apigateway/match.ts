import type { Route } from './model.ts';

/** A route that takes the request, and the values of its path parameters, decoded. */
export interface Match {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * The route of a request: a full match of path and method, else one with a greedy parameter, else `$default`. Among
 * those a literal segment goes before a parameter, and a method before `ANY`. A trailing slash is a segment of its own.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export const matchRoute = (routes: readonly Route[], method: string, path: string): Match | undefined => {
  const segments = path.split('/').slice(1).map(decode);
  const candidates = routes.filter(
    (route) =>
      route.key === '$default' ||
      ((route.method === method || route.method === 'ANY') && fits(route.segments, segments)),
  );
  const [route] = candidates.toSorted((a, b) => compare(rank(a), rank(b)));
  return route && { route, pathParameters: parameters(route.segments, segments) };
};

/** Decodes a path segment; what is not valid percent-encoding stays as it is. */
export const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const isGreedy = (segment: string) => /^\{[^}]+\+\}$/.test(segment);
const isParameter = (segment: string) => /^\{[^}]+\}$/.test(segment);

const fits = (pattern: readonly string[], segments: readonly string[]): boolean => {
  const greedy = isGreedy(pattern.at(-1) ?? '');
  if (greedy ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  return pattern.every((part, index) =>
    isParameter(part) ? segments[index] !== '' : part === segments[index],
  );
};

/** Numbers to sort by, smaller first: greedy or not, each segment, then the method. */
const rank = (route: Route): readonly number[] => {
  if (route.key === '$default') return [2];
  const greedy = route.segments.some(isGreedy) ? 1 : 0;
  const segments = route.segments.map((segment) => (isGreedy(segment) ? 2 : isParameter(segment) ? 1 : 0));
  return [greedy, ...segments, route.method === 'ANY' ? 1 : 0];
};

const compare = (a: readonly number[], b: readonly number[]): number => {
  const index = a.findIndex((value, at) => value !== (b[at] ?? -1));
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? -1);
};

const parameters = (pattern: readonly string[], segments: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pattern.flatMap((part, index) => {
      if (isGreedy(part)) return [[part.slice(1, -2), segments.slice(index).join('/')]];
      return isParameter(part) ? [[part.slice(1, -1), segments[index] ?? '']] : [];
    }),
  );
