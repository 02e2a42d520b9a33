/** The process of the benchmark of routes, its environment that of the function in Lambda. */
import { dynamoClient } from '../../functions/shared/dynamodb.ts';
import { LIVES, plantSeeds } from './lives/index.ts';
import type { World } from './lives/life.ts';
import { callerOf, loadHandler } from './request.ts';
import { answerJob, takeTurns } from './turns.ts';

/** What to call, and how many lives to live before and while it counts. */
export interface RoutesJob {
  readonly api: string;
  readonly tables: World['tables'];
  readonly warmUp: number;
  readonly lives: number;
}

/** Milliseconds of each call, the handler's beside the bare one's made next to it. */
export interface Times {
  readonly handler: number[];
  readonly bare: number[];
}

/** Times by name of the step, in the order of the lives. */
export type RoutesResult = Readonly<Record<string, Times>>;

const live = async (world: World, count: number): Promise<RoutesResult> => {
  const results: Record<string, Times> = {};
  for (let round = 0; round < count; round += 1)
    for (const { name, handler, bare } of LIVES.flatMap((life) => life(world))) {
      const times = await takeTurns({ handler, bare }, round);
      const result = (results[name] ??= { handler: [], bare: [] });
      result.handler.push(times.handler);
      result.bare.push(times.bare);
    }
  return results;
};

answerJob(async ({ api, tables, warmUp, lives }: RoutesJob): Promise<RoutesResult> => {
  const call = callerOf(await loadHandler(api));
  const world = { call, client: dynamoClient(), tables, seeds: await plantSeeds(call) };
  await live(world, warmUp);
  return live(world, lives);
});
