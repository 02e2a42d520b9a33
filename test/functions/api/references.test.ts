import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entity, id, z } from '../../../core/schema/index.ts';
import type { Rule } from '../../../functions/api/rules/rule.ts';
import { dynamoStore } from '../../../functions/api/store.ts';
import { call, startHarness, type Harness, type Received, type Sent } from './harness.ts';

const shelf = entity({
  name: 'shelf',
  plural: 'shelves',
  description: 'Where books stand',
  fields: { name: z.string().min(1), books: z.int().default(0) },
});
const book = entity({
  name: 'book',
  description: 'Something to read',
  fields: { title: z.string().min(1), shelfId: id().optional(), partOf: id().optional() },
  indexes: { byShelf: ['shelfId'], byWhole: ['partOf'] },
  references: {
    shelfId: { entity: 'shelf', onDelete: 'refuse' },
    partOf: { entity: 'book', onDelete: 'refuse' },
  },
});
const loan = entity({
  name: 'loan',
  description: 'A book that is away',
  fields: { shelfId: id() },
  indexes: { byShelf: ['shelfId'] },
  references: { shelfId: { entity: 'shelf', onDelete: 'refuse' } },
});
/** Two fields that may refer to one record. */
const move = entity({
  name: 'move',
  description: 'Books that change their shelf',
  fields: { fromId: id(), toId: id() },
  indexes: { byFrom: ['fromId'], byTo: ['toId'] },
  references: {
    fromId: { entity: 'shelf', onDelete: 'refuse' },
    toId: { entity: 'shelf', onDelete: 'refuse' },
  },
});
const loanRule: Rule = {
  beforeCreate: async ({ shelfId }) => ({
    changes: [{ entity: 'shelf', key: String(shelfId), add: { books: 1 } }],
  }),
};

let harness: Harness;
let send: (sent: Sent) => Promise<Received>;

beforeAll(async () => {
  harness = await startHarness([shelf, book, loan, move]);
  const api = harness.api({ rules: { loan: loanRule } });
  send = (sent) => call(api, sent);
});
afterAll(() => harness.close());

const post = (path: string, json: object) => send({ method: 'POST', path, json });
const newShelf = async (): Promise<string> => (await post('/shelves', { name: 'A' })).body.id;
const newBook = (fields: object) => post('/books', { title: 'B', ...fields });
const patch = (bookId: string, json: object) => send({ method: 'PATCH', path: `/books/${bookId}`, json });
const remove = (path: string) => send({ method: 'DELETE', path });
const removeShelf = async (shelfId: string): Promise<number> => (await remove(`/shelves/${shelfId}`)).status;

describe('a reference', () => {
  it('to what is not there is refused with field and value, when it is made and when it is changed', async () => {
    const refused = {
      status: 400,
      body: { errors: [{ pointer: '/shelfId', message: 'There is no shelf "nowhere"' }] },
    };
    const { body } = await newBook({});

    expect(await newBook({ shelfId: 'nowhere' })).toMatchObject(refused);
    expect(await patch(body.id, { shelfId: 'nowhere' })).toMatchObject(refused);
  });

  it('keeps what it refers to, until it is gone or leads elsewhere', async () => {
    const [one, two] = [await newShelf(), await newShelf()];
    const [first, second] = [await newBook({ shelfId: one }), await newBook({ shelfId: one })];
    const { status, body } = await remove(`/shelves/${one}`);

    expect(status).toBe(409);
    expect(body).toMatchObject({
      type: 'urn:tailrace:problem:still-referenced',
      detail: 'There are books with this shelf as shelfId. Delete or change them first.',
    });
    await patch(first.body.id, { shelfId: two });
    await patch(first.body.id, { title: 'C' });
    expect([await removeShelf(one), await removeShelf(two)]).toEqual([409, 409]);
    await remove(`/books/${second.body.id}`);
    expect([await removeShelf(one), await removeShelf(two)]).toEqual([204, 409]);
    await patch(first.body.id, { shelfId: null });
    expect(await removeShelf(two)).toBe(204);
  });

  it('within one entity works the same, but not to itself', async () => {
    const whole = (await newBook({})).body.id;
    const part = (await newBook({ partOf: whole })).body.id;

    expect((await remove(`/books/${whole}`)).status).toBe(409);
    expect(await patch(part, { partOf: part })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/partOf', message: 'A record cannot refer to itself' }] },
    });
    expect((await remove(`/books/${part}`)).status).toBe(204);
    expect((await remove(`/books/${whole}`)).status).toBe(204);
  });

  it('by two fields to one record counts for both', async () => {
    const [one, two] = [await newShelf(), await newShelf()];
    const { status, body } = await post('/moves', { fromId: one, toId: one });
    const nowhere = await post('/moves', { fromId: 'nowhere', toId: 'nowhere' });

    expect(status).toBe(201);
    expect(nowhere.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/fromId',
      '/toId',
    ]);
    await send({ method: 'PATCH', path: `/moves/${body.id}`, json: { fromId: two } });
    expect([await removeShelf(one), await removeShelf(two)]).toEqual([409, 409]);
    await remove(`/moves/${body.id}`);
    expect([await removeShelf(one), await removeShelf(two)]).toEqual([204, 204]);
  });

  it('stands beside a rule that changes the same record', async () => {
    const shelfId = await newShelf();
    const made = await post('/loans', { shelfId });

    expect(made.status).toBe(201);
    expect((await send({ path: `/shelves/${shelfId}` })).body).toMatchObject({ books: 1 });
    expect(await removeShelf(shelfId)).toBe(409);
  });

  it('of a record that was imported counts too', async () => {
    const shelfId = await newShelf();
    const times = { createdAt: '2020-01-01T00:00:00.000Z', updatedAt: '2020-01-01T00:00:00.000Z' };
    await harness.client.send(
      new PutItemCommand({
        TableName: harness.names.table(book),
        Item: marshall({
          id: `of-${shelfId}`,
          title: 'Old',
          shelfId,
          version: 1,
          ...times,
          schemaVersion: 1,
        }),
      }),
    );
    const { body } = await newBook({ shelfId });

    await remove(`/books/${body.id}`);
    expect(await removeShelf(shelfId)).toBe(409);
    await remove(`/books/of-${shelfId}`);
    expect(await removeShelf(shelfId)).toBe(204);
  });

  it('is held by the table, not by the index: one that the index does not show yet counts', async () => {
    const shelfId = await newShelf();
    await newBook({ shelfId });
    const query = async () => ({ items: [], last: undefined });
    const api = harness.api({ store: { ...dynamoStore(harness.client), query } });

    expect(await call(api, { method: 'DELETE', path: `/shelves/${shelfId}` })).toMatchObject({ status: 409 });
  });
});

describe('whatever is made, moved and deleted at once', () => {
  it('nothing refers to what is not there, and nothing is kept for nothing', async () => {
    const step = fc.record({
      kind: fc.constantFrom('make', 'move', 'drop', 'close'),
      book: fc.nat({ max: 4 }),
      shelf: fc.nat({ max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 4 }),
        async (rounds) => {
          const shelves = await Promise.all([newShelf(), newShelf(), newShelf()]);
          const books: string[] = [];
          const steps: Readonly<Record<string, (bookId: string, shelfId: string) => Promise<Received>>> = {
            make: (_bookId, shelfId) => newBook({ shelfId }),
            move: (bookId, shelfId) => patch(bookId, { shelfId }),
            drop: (bookId) => remove(`/books/${bookId}`),
            close: (_bookId, shelfId) => remove(`/shelves/${shelfId}`),
          };
          for (const round of rounds)
            await Promise.all(
              round.map(async ({ kind, book: which, shelf: where }) => {
                const answer = await steps[kind]?.(
                  books[which % books.length] ?? 'none',
                  shelves[where] ?? '',
                );
                if (answer?.status === 201) books.push(answer.body.id);
                expect([200, 201, 204, 400, 404, 409]).toContain(answer?.status);
              }),
            );
          for (const bookId of books) {
            const { status, body } = await send({ path: `/books/${bookId}` });
            const there = status === 404 || (await send({ path: `/shelves/${body.shelfId}` })).status === 200;
            expect(there).toBe(true);
            await remove(`/books/${bookId}`);
          }
          expect((await Promise.all(shelves.map(removeShelf))).filter((status) => status === 409)).toEqual(
            [],
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('leaves no guard behind', async () => {
    const shelfId = await newShelf();
    const before = (await guards()).length;
    const { body } = await newBook({ shelfId });
    await remove(`/books/${body.id}`);
    await removeShelf(shelfId);

    expect(await guards()).toHaveLength(before);
  });
});

const guards = async () =>
  (await harness.client.send(new ScanCommand({ TableName: harness.names.guards, ConsistentRead: true })))
    .Items ?? [];
