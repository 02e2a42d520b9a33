import { medianRatio, percentile } from '../statistics.ts';
import { startGround } from './ground.ts';
import type { RoutesJob, RoutesResult } from './routes-calls.ts';

/** Milliseconds of one route through the handler, and of the calls to DynamoDB it needs. */
export interface RouteFigures {
  readonly name: string;
  readonly handlerP50: number;
  readonly bareP50: number;
  /** Median over the pairs of calls. */
  readonly ratio: number;
}

export interface RoutesFigures {
  /** How often each route was called. */
  readonly calls: number;
  readonly routes: readonly RouteFigures[];
}

const WARM_UP = 60;
const LIVES = 150;

/**
 * Times every route of the store through the api function, bundled as it is deployed, against the same calls to
 * DynamoDB made by hand and with nothing around them, turn about, in one process on one DynamoDB engine.
 *
 * @example
 * const { routes } = await benchRoutes();
 * routes[0]?.ratio; // 1.2
 */
export const benchRoutes = async (): Promise<RoutesFigures> => {
  await using ground = await startGround();
  const { api, tables } = ground;
  const job: RoutesJob = { api, tables, warmUp: WARM_UP, lives: LIVES };
  const results = await ground.run<RoutesResult>('routes-calls.ts', job);
  return {
    calls: LIVES,
    routes: Object.entries(results).map(([name, { handler, bare }]) => ({
      name,
      handlerP50: percentile(handler, 0.5),
      bareP50: percentile(bare, 0.5),
      ratio: medianRatio(handler, bare),
    })),
  };
};
