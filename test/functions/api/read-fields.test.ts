import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entity, id, z } from '../../../core/schema/index.ts';
import { startHarness, type Harness, type Sent } from './harness.ts';
import { memo } from './memo.ts';

/** An entity of an earlier version, with a field that is called like the records of a list. */
const parcel = entity({
  name: 'parcel',
  description: 'Goods on their way',
  version: 2,
  upgrade: { 1: (record) => ({ ...record, weight: 1 }) },
  fields: { ownerId: id().meta({ immutable: true }), items: z.array(z.string()), weight: z.int() },
  access: { owner: 'ownerId', read: ['authenticated'], fields: { weight: { read: ['group:staff'] } } },
});

let harness: Harness;
let path = '';
const staff = { sub: 'boss', 'cognito:groups': '[staff]', client_id: 'app' };
const ada = { sub: 'ada', 'cognito:groups': '[customer]', client_id: 'app' };
const get = (query: string, more: Partial<Sent> = {}) => harness.send({ path, query, claims: ada, ...more });

beforeAll(async () => {
  harness = await startHarness([memo, parcel]);
  const json = { ownerId: 'ada', text: 'Buy milk', topic: 'home', verdict: 'good' };
  path = (await harness.send({ method: 'POST', path: '/memos', json })).headers.location as string;
  await harness.send({ method: 'PATCH', path, json: { diary: 'Dear diary' }, claims: ada });
});
afterAll(() => harness.close());

describe('fields of one record', () => {
  it('are those asked for, with the ETag of the whole record', async () => {
    const { status, headers, body } = await get('fields=text,topic,text');

    expect({ status, etag: headers.etag, body }).toEqual({
      status: 200,
      etag: '"2"',
      body: { text: 'Buy milk', topic: 'home' },
    });
    expect((await get('')).body).toHaveProperty('updatedAt');
  });

  it('are not read again by who has the version, whatever fields it has', async () => {
    const known = await get('fields=text', { headers: { 'if-none-match': '"2"' } });
    const head = await get('fields=text', { method: 'HEAD' });

    expect(known).toMatchObject({ status: 304, headers: { etag: '"2"' }, text: undefined });
    expect(head).toMatchObject({ status: 200, headers: { etag: '"2"' }, text: undefined });
  });

  it.each([
    ['fields=text,colour', 'There is no field "colour". Known are id, ownerId, text'],
    ['fields=', 'There is no field ""'],
    ['fields=text&fields=topic', 'Given more than once'],
  ])('of %s are refused, whether the record is there or not', async (query, message) => {
    for (const at of [path, '/memos/nothing']) {
      const { status, body } = await get(query, { path: at });

      expect(status).toBe(400);
      expect(body).toMatchObject({ errors: [{ parameter: 'fields' }] });
      expect(body.errors[0].message).toContain(message);
    }
  });

  it('that the caller never sees are refused by name, whether the record is there or not', async () => {
    for (const at of [path, '/memos/nothing'])
      expect(await get('fields=text,verdict', { path: at })).toMatchObject({
        status: 403,
        body: { errors: [{ parameter: 'fields', message: '"verdict" is not yours to see' }] },
      });
  });

  it('that are the owner’s are left out of what others get', async () => {
    expect((await get('fields=text,diary')).body).toEqual({ text: 'Buy milk', diary: 'Dear diary' });
    expect((await get('fields=text,diary', { claims: staff })).body).toEqual({ text: 'Buy milk' });
    expect((await get('fields=text,verdict', { claims: staff })).body).toEqual({
      text: 'Buy milk',
      verdict: 'good',
    });
  });

  it('are of the record even when one of them is called items', async () => {
    const json = { ownerId: 'ada', items: ['Lamp'], weight: 3 };
    const { headers } = await harness.send({ method: 'POST', path: '/parcels', json });
    const at = { path: headers.location as string };

    expect((await get('fields=items', at)).body).toEqual({ items: ['Lamp'] });
    expect((await get('', at)).body).not.toHaveProperty('weight');
    expect((await get('fields=weight', { ...at, claims: staff })).body).toEqual({ weight: 3 });
  });
});
