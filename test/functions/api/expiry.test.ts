import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttributeMap } from '../../../core/lake/attribute-value.ts';
import { changeRow } from '../../../core/lake/change-row.ts';
import { entity, timestamp, z } from '../../../core/schema/index.ts';
import type { Rule } from '../../../functions/api/rules/rule.ts';
import { call, startHarness, type Harness, type Sent } from './harness.ts';

const ticket = entity({
  name: 'ticket',
  description: 'Lets somebody in for a while',
  key: ['code'],
  fields: {
    code: z.string().min(1),
    seat: z.string().min(1),
    until: timestamp().optional(),
    entries: z.int().default(0),
  },
  indexes: { bySeat: ['seat'] },
  unique: ['seat'],
  expires: 'until',
});
const visit = entity({
  name: 'visit',
  description: 'Somebody came in',
  fields: { ticket: z.string().min(1) },
});
const visitRule: Rule = {
  beforeCreate: async ({ ticket: code }, { read }) => {
    const found = await read('ticket', [String(code)]);
    return found.size === 0
      ? { issues: [{ pointer: '/ticket', message: 'There is no such ticket' }] }
      : { changes: [{ entity: 'ticket', key: String(code), add: { entries: 1 } }] };
  },
};

const start = Date.parse('2026-11-22T13:00:00.500Z');
const minute = (count: number): string => new Date(start + count * 60_000).toISOString();
let harness: Harness;
let send: (sent: Sent) => ReturnType<typeof call>;
let now = new Date(start);
let codes = 0;

beforeAll(async () => {
  harness = await startHarness([ticket, visit]);
  const api = harness.api({ clock: { now: () => now }, rules: { visit: visitRule } });
  send = (sent) => call(api, sent);
});
afterAll(() => harness.close());

const at = (time: string): void => {
  now = new Date(time);
};
const create = (json: object) => send({ method: 'POST', path: '/tickets', json });
const made = async (until?: string) => {
  at(minute(0));
  const code = `t${(codes += 1)}`;
  const { body } = await create({ code, seat: `seat ${code}`, ...(until ? { until } : {}) });
  return { code, path: `/tickets/${code}`, body };
};
const itemOf = async (code: string) => {
  const { Item = {} } = await harness.client.send(
    new GetItemCommand({ TableName: harness.names.table(ticket), Key: { code: { S: code } } }),
  );
  return Item;
};

describe('a record that expires', () => {
  it('tells DynamoDB when, never before its time, and tells nobody else', async () => {
    const { code, body } = await made(minute(1));
    const { schemaVersion, timeToLive, changedBy: _caller, ...fields } = unmarshall(await itemOf(code));

    expect({ schemaVersion, timeToLive }).toEqual({
      schemaVersion: 1,
      timeToLive: Math.ceil((start + 60_000) / 1000),
    });
    expect(fields).toEqual(body);
  });

  it('is there until its time, and then nowhere, though it is not yet swept', async () => {
    const { code, path } = await made(minute(1));
    const requests: Sent[] = [
      { path },
      { path, method: 'HEAD' },
      { path, method: 'PATCH', json: { entries: 1 } },
      { path, method: 'DELETE' },
    ];
    at(new Date(start + 59_999).toISOString());
    expect((await send({ path })).status).toBe(200);
    expect((await send({ path: '/tickets', query: `code=${code}` })).body.items).toHaveLength(1);

    at(minute(1));
    for (const request of requests) expect((await send(request)).status).toBe(404);
    expect((await send({ path: '/tickets', query: `code=${code}` })).body.items).toEqual([]);
    expect((await send({ path: '/tickets', query: `seat=seat ${code}` })).body.items).toEqual([]);
    expect(await send({ method: 'POST', path: '/visits', json: { ticket: code } })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/ticket', message: 'There is no such ticket' }] },
    });
    expect(await itemOf(code)).toMatchObject({ code: { S: code } });
  });

  it('leaves its key and its unique values to the next', async () => {
    const { code } = await made(minute(1));
    const again = { code, seat: `seat ${code}`, until: minute(9) };

    expect((await create(again)).status).toBe(409);
    expect((await create({ ...again, code: `${code}b` })).status).toBe(409);
    at(minute(2));
    expect(await create(again)).toMatchObject({ status: 201, body: { until: minute(9), version: 1 } });
    expect((await create({ ...again, code: `${code}b` })).status).toBe(409);
  });

  it('keeps its unique values as long as it lives, also when that becomes longer', async () => {
    const { code, path } = await made(minute(1));
    await send({ method: 'PATCH', path, json: { until: minute(5) } });

    at(minute(2));
    expect((await create({ code: `${code}b`, seat: `seat ${code}` })).status).toBe(409);
    await send({ method: 'PATCH', path, json: { until: null } });
    at(minute(100));
    expect((await create({ code: `${code}b`, seat: `seat ${code}` })).status).toBe(409);
    expect(await itemOf(code)).not.toHaveProperty('timeToLive');
  });

  it('need not', async () => {
    const { path } = await made();

    at(minute(1_000_000));
    expect((await send({ path })).status).toBe(200);
  });

  it('has a row in the lake like any other', async () => {
    const { code } = await made(minute(1));
    const row = changeRow(ticket)({
      eventID: 'e',
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      dynamodb: {
        SequenceNumber: '1',
        ApproximateCreationDateTime: 1,
        OldImage: (await itemOf(code)) as unknown as AttributeMap,
      },
    });

    expect(row.ok && JSON.parse(row.json)).toMatchObject({ code, change_expired: true });
    expect(row.ok && row.json).not.toContain('time_to_live');
  });
});
