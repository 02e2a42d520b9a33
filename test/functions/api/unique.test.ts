import * as fc from 'fast-check';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entity, z } from '../../../core/schema/index.ts';
import { startHarness, type Harness, type Received } from './harness.ts';

/** No two desks of one room have one number; no two have one label. */
const desk = entity({
  name: 'desk',
  description: 'A desk in an office',
  fields: {
    room: z.string().min(1),
    number: z.int(),
    label: z.string().min(1).optional(),
    colour: z.string().optional(),
  },
  unique: [['room', 'number'], 'label'],
});

let harness: Harness;
let rooms = 0;

beforeAll(async () => {
  harness = await startHarness([desk]);
});
afterAll(() => harness.close());

const newRoom = () => `room-${(rooms += 1)}`;
const create = (json: object, headers: Record<string, string> = {}) =>
  harness.send({ method: 'POST', path: '/desks', json, headers });
const patch = (id: string, json: object) => harness.send({ method: 'PATCH', path: `/desks/${id}`, json });
const remove = (id: string) => harness.send({ method: 'DELETE', path: `/desks/${id}` });
const guards = async () =>
  (await harness.client.send(new ScanCommand({ TableName: harness.names.guards, ConsistentRead: true })))
    .Items ?? [];

describe('a unique value', () => {
  it('is refused the second time, with the field and the value', async () => {
    const room = newRoom();
    await create({ room, number: 1 });
    const before = await harness.count('desk');
    const { status, body } = await create({ room, number: 1, label: 'by the window' });

    expect(status).toBe(409);
    expect(body).toMatchObject({
      type: 'urn:tailrace:problem:not-unique',
      detail: 'There is a desk with this room and number already. Nothing was written.',
      errors: [
        { pointer: '/room', message: `Another desk has "${room}"` },
        { pointer: '/number', message: 'Another desk has 1' },
      ],
    });
    expect(await harness.count('desk')).toBe(before);
    expect(await create({ room, number: 2, label: 'by the window' })).toMatchObject({ status: 201 });
  });

  it('that is missing is no value', async () => {
    const room = newRoom();

    expect(await create({ room, number: 1 })).toMatchObject({ status: 201 });
    expect(await create({ room, number: 2 })).toMatchObject({ status: 201 });
  });

  it('is given to one of many who want it at once', async () => {
    const room = newRoom();
    const answers = await Promise.all(Array.from({ length: 20 }, () => create({ room, number: 7 })));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 19 }, () => 409),
    ]);
  });

  it('moves with a patch: the new one is taken, the old one free', async () => {
    const room = newRoom();
    const { body } = await create({ room, number: 1, label: `${room} a` });
    await create({ room, number: 2 });

    expect(await patch(body.id, { number: 2 })).toMatchObject({ status: 409 });
    expect(await patch(body.id, { colour: 'red' })).toMatchObject({ status: 200 });
    expect(await patch(body.id, { number: 3, label: null })).toMatchObject({ status: 200 });
    expect(await create({ room, number: 3 })).toMatchObject({ status: 409 });
    expect(await create({ room, number: 1, label: `${room} a` })).toMatchObject({ status: 201 });
  });

  it('is free again after a delete', async () => {
    const room = newRoom();
    const { body } = await create({ room, number: 1 });
    await remove(body.id);

    expect(await create({ room, number: 1 })).toMatchObject({ status: 201 });
  });

  it('stands beside a key to repeat the create safely', async () => {
    const [room, key] = [newRoom(), { 'idempotency-key': 'desk' }];
    const first = await create({ room, number: 1 }, key);

    expect(await create({ room, number: 1 }, key)).toMatchObject({ status: 201, text: first.text });
    expect(await create({ room, number: 1 })).toMatchObject({ status: 409 });
  });

  it('is kept nowhere in clear beside its record', async () => {
    const room = newRoom();
    await create({ room, number: 1, label: `secret of ${room}` });

    expect(JSON.stringify(await guards())).not.toContain(room);
  });
});

describe('whatever is created, changed and deleted at once', () => {
  const steps: Readonly<Record<string, (room: string, id: string, number: number) => Promise<Received>>> = {
    create: (room, _id, number) => create({ room, number }),
    patch: (_room, id, number) => patch(id, { number }),
    delete: (_room, id) => remove(id),
  };

  it('no two records share a value, and every guard is held by the record that has it', async () => {
    const step = fc.record({
      kind: fc.constantFrom('create', 'patch', 'delete'),
      who: fc.nat({ max: 5 }),
      number: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 5 }),
        async (rounds) => {
          const room = newRoom();
          const ids: string[] = [];
          for (const round of rounds)
            await Promise.all(
              round.map(async ({ kind, who, number }) => {
                const id = ids[who % ids.length] ?? 'nobody';
                const answer = await steps[kind]?.(room, id, number);
                if (answer?.status === 201) ids.push(answer.body.id);
                expect([200, 201, 204, 404, 409]).toContain(answer?.status);
              }),
            );
          const desks = await Promise.all(ids.map(async (id) => harness.send({ path: `/desks/${id}` })));
          const there = desks.filter(({ status }) => status === 200).map(({ body }) => body);
          const held = (await guards()).filter((guard) =>
            ids.some((id) => guard.holder?.S === JSON.stringify([id])),
          );

          expect(new Set(there.map(({ number }) => number)).size).toBe(there.length);
          expect(held).toHaveLength(there.length);
          expect(new Set(held.map((guard) => guard.holder?.S))).toEqual(
            new Set(there.map(({ id }) => JSON.stringify([id]))),
          );
        },
      ),
      { numRuns: 25 },
    );
  });
});
