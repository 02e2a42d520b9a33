import { expect, it, onTestFinished } from 'vitest';
import { functionConfig } from '../../../local/lambda/config.ts';
import { openPool } from '../../../local/lambda/pool.ts';
import { addFunction, credentialsFor, eventually, removeFolder, testCloud } from './cloud.ts';

const prepare = async (source: string, { maxWorkers = 3, idleMs = 60_000 } = {}) => {
  const cloud = testCloud();
  await addFunction(cloud, 'fn', source);
  const [resource] = cloud.resources('AWS::Lambda::Function');
  if (!resource) throw new Error('No function.');
  const pool = openPool(cloud, functionConfig(cloud, resource), {
    credentials: credentialsFor(resource),
    maxWorkers,
    idleMs,
  });
  onTestFinished(async () => {
    await pool.close();
    removeFolder(cloud.assemblyDir);
  });
  const run = async (event = '{}') => await pool.run({ requestId: 'r', arn: 'arn', event, traceId: 't' });
  return { cloud, pool, run };
};

// Ends only once as many invocations run at the same time as the event says.
const TOGETHER = `
  import { readdirSync, writeFileSync } from 'node:fs';
  export const handler = async ({ folder, id, count }) => {
    writeFileSync(folder + '/run-' + id, '');
    while (readdirSync(folder).filter((name) => name.startsWith('run-')).length < count) await new Promise((r) => setTimeout(r, 5));
    return 'together';
  };
`;

it('a pool grows while jobs wait, and shrinks to one warm worker when idle', async () => {
  const { cloud, pool, run } = await prepare(TOGETHER, { idleMs: 1 });
  const event = (id: number) => JSON.stringify({ folder: cloud.assemblyDir, id, count: 3 });

  const done = await Promise.all([run(event(1)), run(event(2)), run(event(3))]);

  expect(done.map(({ payload }) => payload)).toEqual(['"together"', '"together"', '"together"']);
  await eventually('one worker to be left', () => pool.size() === 1);
});

it('short jobs one after the other share a worker', async () => {
  const { pool, run } = await prepare('export const handler = async () => 1');

  for (let n = 0; n < 20; n += 1) await run();

  expect(pool.size()).toBe(1);
});

it('every job that waits behind a failing cold start gets its error', async () => {
  const { run } = await prepare('throw new Error("no start"); export const handler = 1');

  const done = await Promise.all([run(), run(), run(), run()]);

  expect(done.map(({ failed }) => failed)).toEqual([true, true, true, true]);
  expect(done[3]?.payload).toContain('no start');
});

it('a worker that ended is replaced, and the new one is kept', async () => {
  const { run, pool } = await prepare(
    'let n = 0; export const handler = async (e) => { if (e.leave) setImmediate(() => process.exit(0)); return ++n }',
  );
  await run('{"leave":true}');
  await eventually('a new worker to count from one', async () => (await run()).payload === '1');

  expect((await run()).payload).toBe('2');
  expect(pool.size()).toBe(1);
});

it('a job whose worker ended says why in the terminal', async () => {
  const { cloud, run } = await prepare('export const handler = async () => process.exit(3)');

  await run();

  expect(cloud.lines).toEqual([
    { level: 'error', source: 'fn', message: expect.stringContaining('exit status 3') as string },
  ]);
});
