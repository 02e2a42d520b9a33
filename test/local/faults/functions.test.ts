import { describe, expect, it, onTestFinished } from 'vitest';
import { createFaults } from '../../../local/faults/faults.ts';
import { functionsWithFaults } from '../../../local/faults/functions.ts';
import { parseFaultPlan } from '../../../local/faults/plan.ts';
import { startLambda } from '../../../local/lambda/functions.ts';
import { addFunction, credentialsFor, removeFolder, testCloud } from '../lambda/cloud.ts';

/** Says which events it saw since it started, and waits as long as it is told. */
const SOURCE = `
  const seen = [];
  export const handler = async ({ n, waits = 0 }) => {
    seen.push(n);
    await new Promise((resolve) => setTimeout(resolve, waits));
    return seen;
  };`;

const start = async (...faults: object[]) => {
  const cloud = testCloud();
  await addFunction(cloud, 'relay', SOURCE);
  const lambda = startLambda(cloud, { credentialsFor });
  const plan = createFaults(cloud.log);
  const functions = functionsWithFaults(lambda, plan, () => undefined);
  plan.set(parseFaultPlan(JSON.stringify({ seed: 5, faults })));
  onTestFinished(async () => {
    await functions.close();
    removeFolder(cloud.assemblyDir);
  });
  const bring =
    (source: string) =>
    async (n: number, waits = 0) =>
      await functions.invoke('relay', { n, waits }, { source });
  return { call: bring('apigateway'), batch: bring('dynamodb-stream') };
};

const seen = async (result: Promise<{ payload: unknown }>) => (await result).payload;

describe('an invocation that a plan lets fail', () => {
  it('by throttle or error does not run', async () => {
    const { call } = await start(
      { on: 'lambda:Invoke', kind: 'throttle', calls: [1] },
      { on: 'lambda:Invoke', kind: 'error', calls: [2] },
    );

    await expect(call(1)).rejects.toMatchObject({ code: 'TooManyRequestsException', status: 429 });
    await expect(call(2)).rejects.toMatchObject({ code: 'ServiceException', status: 500 });
    expect(await seen(call(3))).toEqual([3]);
  });

  it('by a lost answer has run', async () => {
    const { call } = await start({ on: 'lambda:Invoke', kind: 'lost-answer', calls: [1], of: 're*' });

    await expect(call(1)).rejects.toMatchObject({ code: 'ServiceException' });
    expect(await seen(call(2))).toEqual([1, 2]);
  });

  it('by the death of its worker ends as a crash, and the next has a new worker', async () => {
    const { call } = await start({ on: 'lambda:Invoke', kind: 'kill-worker', delayMs: 0, calls: [1] });

    const { functionError, payload } = await call(1, 60_000);

    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await seen(call(2))).toEqual([2]);
  });
});

describe('a batch of a stream', () => {
  it('may come twice', async () => {
    const { batch, call } = await start({
      on: 'lambda:EventSourceMapping',
      kind: 'duplicate',
      probability: 1,
    });

    expect(await seen(batch(1))).toEqual([1, 1]);
    expect(await seen(call(2))).toEqual([1, 1, 2]);
  });

  it('may come once more after a younger one, which is never brought before its turn', async () => {
    const { batch } = await start({
      on: 'lambda:EventSourceMapping',
      kind: 'reorder',
      calls: [2],
    });

    await batch(1);
    expect(await seen(batch(2))).toEqual([1, 2]);
    expect(await seen(batch(3))).toEqual([1, 2, 1, 3]);
  });
});
