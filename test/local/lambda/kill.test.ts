import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bundle, eventually, removeFolder, testCloud } from './cloud.ts';
import { startDynamoDb } from './dynamodb.ts';

const RELAY = `
  import { appendFileSync } from 'node:fs';
  export const handler = async (event) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const record of event.Records) appendFileSync(process.env.SEEN, record.dynamodb.Keys.id.S + '\\n');
  };
`;

it('kill -9 in the middle loses no change and delivers again at most the batch that was running', async () => {
  const cloud = testCloud();
  const folder = cloud.assemblyDir;
  const dynamodb = await startDynamoDb(folder);
  await bundle(cloud, 'relay', RELAY);
  await dynamodb.createTable('orders');
  const ids = Array.from({ length: 300 }, (_, n) => `item-${n}`);
  await dynamodb.putAll('orders', ids);
  const start = () => {
    const program = join(import.meta.dirname, 'run-mappings.ts');
    const child = spawn(process.execPath, [program, folder, dynamodb.endpoint], { stdio: 'inherit' });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  onTestFinished(() => {
    dynamodb.stop();
    removeFolder(folder);
  });
  const file = join(folder, 'seen.ndjson');
  const seen = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);
  const first = start();
  await eventually('some changes', () => seen().length >= 20);

  first.kill('SIGKILL');
  await once(first, 'exit');
  const atKill = seen().length;
  start();

  await eventually('all changes', () => new Set(seen()).size === ids.length);
  expect(atKill).toBeLessThan(ids.length);
  expect(new Set(seen())).toEqual(new Set(ids));
  expect(seen().length - ids.length).toBeLessThanOrEqual(5);
});
