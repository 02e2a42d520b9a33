import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../../functions/api/application.ts';
import { dynamoStore, type Store } from '../../../functions/api/store.ts';
import { boardRules, boardSchemas, everything, orphansIn, strayGuards } from './boards.ts';
import { call, startHarness, type Harness, type Received, type Sent } from './harness.ts';

let harness: Harness;
let api: Api;
let slugs = 0;

const clock = { wait: async () => {} };
const over = (store: Store): Api => harness.api({ rules: boardRules, store, clock });

beforeAll(async () => {
  harness = await startHarness(boardSchemas);
  api = over(dynamoStore(harness.client));
});
afterAll(() => harness.close());

const send = (sent: Sent): Promise<Received> => call(api, sent);
const make = async (path: string, json: object): Promise<string> => {
  const { status, body, headers } = await send({ method: 'POST', path, json });
  if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
  return body.id ?? headers.location;
};
const newBoard = (ownerId = 'ada') => make('/boards', { ownerId });
const newPost = (boardId: string, more: object = {}) =>
  make('/posts', { boardId, slug: `post-${(slugs += 1)}`, ...more });
const manyPosts = (boardId: string, many: number, more: object = {}) =>
  Promise.all(Array.from({ length: many }, () => newPost(boardId, more)));
const statusOf = async (path: string): Promise<number> => (await send({ path })).status;
const remove = (path: string, through: Api = api, more: Partial<Sent> = {}) =>
  call(through, { method: 'DELETE', path, ...more });

/** A store that tells of its transactions, before or after each. */
const watched = (tell: { before?: () => Promise<void>; after?: () => Promise<void> }) => {
  const store = dynamoStore(harness.client);
  let transactions = 0;
  const transact: Store['transact'] = async (input) => {
    transactions += 1;
    await tell.before?.();
    await store.transact(input);
    await tell.after?.();
  };
  return { api: over({ ...store, transact }), transactions: () => transactions };
};

const expectNothingStray = async (): Promise<void> => {
  const items = await everything(harness);
  expect({ orphans: orphansIn(items), guards: strayGuards(items) }).toEqual({ orphans: [], guards: [] });
};

describe('deleting what others go with', () => {
  it('takes them along in one transaction, each with all that its schema and its rule say', async () => {
    const [before, author] = [await everything(harness), await make('/people', {})];
    const boardId = await newBoard();
    const first = await newPost(boardId, { slug: 'hello', authorId: author });
    const answer = await newPost(boardId, { answers: first, authorId: author });
    await make('/pins', { postId: answer, colour: 'red' });
    const { api: through, transactions } = watched({});

    expect((await send({ path: `/people/${author}` })).body.posts).toBe(2);
    expect(await remove(`/boards/${boardId}`, through)).toMatchObject({ status: 204, text: undefined });
    expect(transactions()).toBe(1);
    for (const path of [`/boards/${boardId}`, `/posts/${first}`, `/posts/${answer}`, `/pins/${answer}/red`])
      expect(await statusOf(path)).toBe(404);
    expect((await send({ path: `/people/${author}` })).body).toMatchObject({ posts: 0 });
    expect(await remove(`/people/${author}`)).toMatchObject({ status: 204 });
    expect(await everything(harness)).toEqual(before);
  });

  it('takes along what refers to what goes, and leaves the rest', async () => {
    const boardId = await newBoard();
    const [first, second] = [await newPost(boardId), await newPost(boardId)];
    const answer = await newPost(boardId, { answers: first });

    expect(await remove(`/posts/${first}`)).toMatchObject({ status: 204 });
    expect([await statusOf(`/posts/${answer}`), await statusOf(`/posts/${second}`)]).toEqual([404, 200]);
    expect((await send({ path: `/boards/${boardId}` })).body.posts).toBe(1);
    await expectNothingStray();
  });

  it('is refused whole when one that stays holds one that would go', async () => {
    const boardId = await newBoard();
    const first = await newPost(boardId);
    const answer = await newPost(boardId, { answers: first });
    const held = await make('/reports', { postId: answer });
    const before = await everything(harness);

    for (const path of [`/boards/${boardId}`, `/posts/${first}`])
      expect(await remove(path)).toMatchObject({
        status: 409,
        body: {
          type: 'urn:tailrace:problem:still-referenced',
          detail: 'There are reports with this post as postId. Delete or change them first.',
        },
      });
    expect(await everything(harness)).toEqual(before);
    await remove(`/reports/${held}`);
    expect(await remove(`/boards/${boardId}`)).toMatchObject({ status: 204 });
  });

  it('is refused whole by the rule of one that would go', async () => {
    const boardId = await newBoard();
    const postId = await newPost(boardId);
    await make('/pins', { postId, colour: 'gold' });
    const before = await everything(harness);

    expect(await remove(`/boards/${boardId}`)).toMatchObject({
      status: 409,
      body: { type: 'urn:tailrace:problem:illegal-move', detail: 'Gold stays.' },
    });
    expect(await everything(harness)).toEqual(before);
  });

  it('is not refused by one that goes, too', async () => {
    const boardId = await newBoard();
    const postId = await newPost(boardId);
    const reportId = await make('/reports', { boardId, postId });

    expect(await remove(`/posts/${postId}`)).toMatchObject({ status: 409 });
    expect(await remove(`/boards/${boardId}`)).toMatchObject({ status: 204 });
    expect(await statusOf(`/reports/${reportId}`)).toBe(404);
    await expectNothingStray();
  });

  it('ends with a circle of records', async () => {
    const boardId = await newBoard();
    const one = await newPost(boardId);
    const two = await newPost(boardId, { answers: one });
    await send({ method: 'PATCH', path: `/posts/${one}`, json: { answers: two } });

    expect(await remove(`/posts/${one}`)).toMatchObject({ status: 204 });
    expect(await statusOf(`/posts/${two}`)).toBe(404);
    await expectNothingStray();
  });

  it('takes the right to delete the record itself, whoever owns what goes with it', async () => {
    const bob = { claims: { sub: 'bob', client_id: 'app' } };
    const [mine, others] = [await newBoard('bob'), await newBoard('ada')];
    const [onMine, onOthers] = [await newPost(mine), await newPost(others)];

    expect(await remove(`/posts/${onMine}`, api, bob)).toMatchObject({ status: 403 });
    expect(await remove(`/boards/${others}`, api, bob)).toMatchObject({ status: 404 });
    expect(await remove(`/boards/${mine}`, api, bob)).toMatchObject({ status: 204 });
    expect([await statusOf(`/posts/${onMine}`), await statusOf(`/posts/${onOthers}`)]).toEqual([404, 200]);
  });

  it('minds If-Match', async () => {
    const boardId = await newBoard();
    await newPost(boardId);
    const ifMatch = (tag: string) => ({ headers: { 'if-match': tag } });

    expect(await remove(`/boards/${boardId}`, api, ifMatch('"1"'))).toMatchObject({ status: 412 });
    expect(await remove(`/boards/${boardId}`, api, ifMatch('"2"'))).toMatchObject({ status: 204 });
  });
});

describe('more than fits a transaction', () => {
  it('goes in several, and nothing refers to what has gone after any of them', async () => {
    const boardId = await newBoard();
    const [first = ''] = await manyPosts(boardId, 12);
    await manyPosts(boardId, 20, { answers: first });
    const seen: (readonly [posts: number, isThere: boolean])[] = [];
    const { api: through } = watched({
      after: async () => {
        const items = await everything(harness);
        const isThere = items.board?.some(({ id }) => id === boardId) ?? false;
        expect([orphansIn(items), strayGuards(items)]).toEqual([[], []]);
        seen.push([items.post?.filter((post) => post.boardId === boardId).length ?? 0, isThere]);
      },
    });

    expect(await remove(`/boards/${boardId}`, through, { headers: { 'if-match': '"33"' } })).toMatchObject({
      status: 204,
    });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.slice(0, -1).every(([posts, isThere]) => posts > 0 && isThere)).toBe(true);
    expect(seen.at(-1)).toEqual([0, false]);
  });

  it('is refused before anything goes', async () => {
    const boardId = await newBoard();
    const posts = await manyPosts(boardId, 18);
    await make('/reports', { postId: posts[17] });
    const before = await everything(harness);

    expect(await remove(`/boards/${boardId}`)).toMatchObject({ status: 409 });
    expect(await everything(harness)).toEqual(before);
  });

  it('takes along what comes while it goes', async () => {
    const boardId = await newBoard();
    await manyPosts(boardId, 18);
    let late: string | undefined;
    const { api: through } = watched({
      after: async () => {
        late ??= await newPost(boardId);
      },
    });

    expect(await remove(`/boards/${boardId}`, through)).toMatchObject({ status: 204 });
    expect(await statusOf(`/posts/${late}`)).toBe(404);
    await expectNothingStray();
  });

  it('than a request can plan is refused, with nothing deleted, and says what there is', async () => {
    const boardId = await newBoard();
    const postId = await newPost(boardId);
    const times = { createdAt: '2020-01-01T00:00:00.000Z', updatedAt: '2020-01-01T00:00:00.000Z' };
    const table = 'tailrace-test-pin';
    const puts = Array.from({ length: 1000 }, (_, index): WriteRequest => ({
      PutRequest: { Item: marshall({ postId, colour: `c${index}`, version: 1, ...times, schemaVersion: 1 }) },
    }));
    const pins = await harness.count('pin');
    const batches = Array.from({ length: 40 }, (_, index) => puts.slice(index * 25, (index + 1) * 25));
    await Promise.all(
      batches.map((batch) =>
        harness.client.send(new BatchWriteItemCommand({ RequestItems: { [table]: batch } })),
      ),
    );

    expect(await remove(`/boards/${boardId}`)).toMatchObject({
      status: 409,
      body: {
        type: 'urn:tailrace:problem:still-referenced',
        detail:
          'More than 1000 records would go with this board: posts, pins. Nothing was deleted. Delete some of them first.',
      },
    });
    expect(await harness.count('pin')).toBe(pins + 1000);
    expect(await remove(`/posts/${postId}`)).toMatchObject({ status: 204 });
    expect(await harness.count('pin')).toBe(pins);
  });
});

describe('an index that is behind', () => {
  const lagging = (behind: number): Api => {
    const store = dynamoStore(harness.client);
    let asked = 0;
    const query: Store['query'] = async (input) =>
      (asked += 1) > behind ? store.query(input) : { items: [], last: undefined };
    return over({ ...store, query });
  };

  it('is asked again until it shows what the counter counts', async () => {
    const boardId = await newBoard();
    const postId = await newPost(boardId);

    expect(await remove(`/boards/${boardId}`, lagging(4))).toMatchObject({ status: 204 });
    expect(await statusOf(`/posts/${postId}`)).toBe(404);
  });

  it('for too long leaves all as it was', async () => {
    const boardId = await newBoard();
    const postId = await newPost(boardId);

    expect(await remove(`/boards/${boardId}`, lagging(Infinity))).toMatchObject({
      status: 409,
      body: { type: 'urn:tailrace:problem:conflict' },
    });
    expect([await statusOf(`/boards/${boardId}`), await statusOf(`/posts/${postId}`)]).toEqual([200, 200]);
  });

  it('still shows what has gone or refers elsewhere, which then stays or is no more', async () => {
    const [boardId, other] = [await newBoard(), await newBoard()];
    const [gone, moved] = [await newPost(boardId), await newPost(boardId)];
    const store = dynamoStore(harness.client);
    let isFirst = true;
    const query: Store['query'] = async (input) => {
      const page = await store.query(input);
      if (isFirst) {
        isFirst = false;
        await remove(`/posts/${gone}`);
        await send({ method: 'PATCH', path: `/posts/${moved}`, json: { boardId: other } });
      }
      return page;
    };

    expect(await remove(`/boards/${boardId}`, over({ ...store, query }))).toMatchObject({ status: 204 });
    expect(await statusOf(`/posts/${moved}`)).toBe(200);
  });
});

describe('at the same moment', () => {
  it('as posts are made, none is left without its board', async () => {
    for (let round = 0; round < 4; round += 1) {
      const boardId = await newBoard();
      await newPost(boardId);
      const json = { boardId, slug: 'x' };
      const [removed, ...made] = await Promise.all([
        remove(`/boards/${boardId}`),
        ...Array.from({ length: 6 }, (_, index) =>
          send({ method: 'POST', path: '/posts', json: { ...json, slug: `late-${index}` } }),
        ),
      ]);

      expect(removed?.status).toBe(204);
      for (const { status } of made) expect([201, 400]).toContain(status);
    }
    await expectNothingStray();
  });

  it('two that share what goes leave nothing', async () => {
    const boardId = await newBoard();
    const first = await newPost(boardId);
    await manyPosts(boardId, 18, { answers: first });
    const answers = await Promise.all([
      remove(`/boards/${boardId}`),
      remove(`/posts/${first}`),
      remove(`/boards/${boardId}`),
    ]);

    for (const { status } of answers) expect([204, 404]).toContain(status);
    expect(await statusOf(`/boards/${boardId}`)).toBe(404);
    await expectNothingStray();
  });
});
