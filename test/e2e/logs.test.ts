import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

/** Values of personal fields: no log may have any of them, wherever a client puts them. */
const PLANTED = ['planted.address', 'Planted Fullname', 'planted-in-a-query', 'planted-in-a-path'];

let tailrace: Tailrace;
const folder = makeFolder();

beforeAll(async () => {
  tailrace = await startTailrace({ dataDir: folder, marts: false });
});

afterAll(async () => {
  await tailrace.stop();
  removeFolder(folder);
});

const logs = (): string => {
  const names = readdirSync(join(folder, 'logs'));
  return [tailrace.log(), ...names.map((name) => readFileSync(join(folder, 'logs', name), 'utf8'))].join(
    '\n',
  );
};

test('no log has a token or a personal field, and every answer is found in them by its request id', async () => {
  const token = await tailrace.token('customer', 'planted-subject');
  const staff = await tailrace.token();
  const person = { email: 'planted.address@example.com', name: 'Planted Fullname' };
  const asked: [method: string, path: string, body?: unknown, token?: string][] = [
    ['POST', '/customers', person, token],
    ['POST', '/customers', person, token],
    ['POST', '/customers', { ...person, email: 'planted.address' }, staff],
    ['POST', '/customers', { ...person, [PLANTED[1]!]: PLANTED[1] }, staff],
    ['PATCH', '/customers/planted-subject', { name: 'Planted Fullname again' }, token],
    ['PATCH', '/customers/planted-subject', { email: { planted: 'planted.address' } }, token],
    ['GET', '/customers?email=planted-in-a-query@example.com', undefined, staff],
    ['GET', '/customers?name=planted-in-a-query', undefined, staff],
    ['GET', '/customers/planted-in-a-path', undefined, token],
    ['GET', '/planted-in-a-path', undefined, token],
    ['DELETE', '/customers/planted-subject', undefined, token],
    [
      'POST',
      '/events',
      { events: [{ type: 'product_viewed', data: { sessionId: 'planted-in-a-query' } }] },
      token,
    ],
  ];
  const ids: string[] = [];
  const statuses: number[] = [];
  for (const [method, path, body, given] of asked) {
    const answer = await tailrace.call(method, path, body, given);
    statuses.push(answer.status);
    const id = answer.headers.get('x-request-id');
    if (id) ids.push(id);
  }
  await tailrace.flush();
  const written = logs();

  expect(statuses).toEqual([201, 409, 400, 400, 200, 400, 200, 400, 404, 404, 403, 400]);
  expect(ids).toHaveLength(asked.length);
  expect(ids.filter((id) => !written.includes(id))).toEqual([]);
  expect([...PLANTED, token, staff, token.split('.')[2]!].filter((text) => written.includes(text))).toEqual(
    [],
  );
  expect(written).toMatch(
    /"route":"\/customers\/\{id\}".*"status":200.*"latencyMs":.*"capacityUnits":3.*"traceId":"1-/,
  );
});
