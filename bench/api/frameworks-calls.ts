/** The process of the benchmark of frameworks, its environment that of the function in Lambda. */
import { customerBody } from './lives/customer.ts';
import { callerOf, loadHandler, recordOf, type Call } from './request.ts';
import { answerJob, takeTurns, type Make } from './turns.ts';

/** Bundles by name of who is measured, and how often to call them. */
export interface FrameworksJob {
  readonly bundles: Readonly<Record<string, string>>;
  readonly warmUp: number;
  readonly calls: number;
}

/** Milliseconds by name, the calls of one index made beside each other. */
export type Turns = Readonly<Record<string, readonly number[]>>;

export interface FrameworksResult {
  readonly get: Turns;
  readonly post: Turns;
}

const post = (call: Call) => call({ status: 201, method: 'POST', route: '/customers', body: customerBody() });

const measure = async (makers: Readonly<Record<string, Make>>, count: number): Promise<Turns> => {
  const turns: Record<string, number[]> = Object.fromEntries(Object.keys(makers).map((name) => [name, []]));
  for (let round = 0; round < count; round += 1)
    for (const [name, time] of Object.entries(await takeTurns(makers, round))) turns[name]?.push(time);
  return turns;
};

const makersOf = (calls: Readonly<Record<string, Call>>, make: (call: Call) => Promise<unknown>) =>
  Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, () => make(call)]));

const callsOf = async (bundles: Readonly<Record<string, string>>): Promise<Record<string, Call>> => {
  const calls: Record<string, Call> = {};
  for (const [name, bundle] of Object.entries(bundles)) calls[name] = callerOf(await loadHandler(bundle));
  return calls;
};

answerJob(async ({ bundles, warmUp, calls: count }: FrameworksJob): Promise<FrameworksResult> => {
  const calls = await callsOf(bundles);
  const { id } = recordOf(await post(calls.tailrace as Call));
  const creates = makersOf(calls, post);
  const reads = makersOf(calls, (call) => call({ status: 200, method: 'GET', route: '/customers/{id}', id }));
  await measure(reads, warmUp);
  await measure(creates, warmUp);
  return { get: await measure(reads, count), post: await measure(creates, count) };
});
