import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { entity, id, z } from '../../../core/schema/index.ts';
import { entitiesOf } from '../../../core/schema/load.ts';
import type { PlainRecord } from '../../../core/http/patch.ts';
import { ProblemError } from '../../../core/http/problem.ts';
import type { Rule } from '../../../functions/api/rules/rule.ts';
import type { Harness } from './harness.ts';

const board = entity({
  name: 'board',
  description: 'Where posts hang',
  fields: {
    ownerId: id().meta({ immutable: true }),
    posts: z.int().default(0),
    rating: z.int().default(0),
  },
  access: {
    owner: 'ownerId',
    create: ['owner', 'group:staff'],
    read: ['authenticated'],
    delete: ['owner', 'group:staff'],
  },
});
const person = entity({
  name: 'person',
  plural: 'people',
  description: 'Who writes',
  fields: { posts: z.int().default(0) },
});
/** Goes with its board and with the post it answers. No two of one board have one slug. */
const post = entity({
  name: 'post',
  description: 'Something said',
  fields: {
    boardId: id(),
    slug: z.string().min(1),
    answers: id().optional(),
    authorId: id().optional(),
  },
  indexes: { byBoard: ['boardId', 'slug'], byAnswered: ['answers'], byAuthor: ['authorId'] },
  unique: [['boardId', 'slug']],
  references: {
    boardId: { entity: 'board', onDelete: 'cascade' },
    answers: { entity: 'post', onDelete: 'cascade' },
    authorId: { entity: 'person', onDelete: 'refuse' },
  },
  access: { read: ['authenticated'] },
});
/** Goes with its post; its key is of two fields. */
const pin = entity({
  name: 'pin',
  description: 'Somebody keeps a post',
  key: ['postId', 'colour'],
  fields: { postId: id(), colour: z.string().min(1) },
  indexes: { byPost: ['postId'] },
  references: { postId: { entity: 'post', onDelete: 'cascade' } },
});
/** Holds its post, but goes with its board. */
const report = entity({
  name: 'report',
  description: 'Somebody complains',
  fields: { postId: id().optional(), boardId: id().optional() },
  indexes: { byPost: ['postId'], byBoard: ['boardId'] },
  references: {
    postId: { entity: 'post', onDelete: 'refuse' },
    boardId: { entity: 'board', onDelete: 'cascade' },
  },
});

const counting = (by: number, { authorId, boardId }: PlainRecord) => ({
  changes: [
    { entity: 'board', key: boardId as string, add: { posts: by } },
    ...(authorId === undefined ? [] : [{ entity: 'person', key: authorId as string, add: { posts: by } }]),
  ],
});

/** Board and author count their posts. */
const postRule: Rule = {
  beforeCreate: async (draft) => counting(1, draft),
  beforeDelete: async (record) => counting(-1, record),
};

const pinRule: Rule = {
  beforeDelete: async ({ colour }) => {
    if (colour === 'gold') throw new ProblemError('illegal-move', 'Gold stays.');
    return {};
  },
};

export const boardSchemas = [board, person, post, pin, report];
export const boardRules = { post: postRule, pin: pinRule };

/** Every item there is, by table. */
export const everything = async ({ client, names }: Harness): Promise<Record<string, PlainRecord[]>> => {
  const tables = [...entitiesOf(boardSchemas).map((one) => names.table(one)), names.guards];
  const scans = await Promise.all(
    tables.map((TableName) => client.send(new ScanCommand({ TableName, ConsistentRead: true }))),
  );
  return Object.fromEntries(
    scans.map(({ Items = [] }, index) => [
      tables[index]?.replace('tailrace-test-', '') ?? '',
      Items.map((item) => unmarshall(item)),
    ]),
  );
};

/** Records that refer to what is not there. */
export const orphansIn = (items: Record<string, PlainRecord[]>): PlainRecord[] => {
  const ids = new Set(
    Object.values(items)
      .flat()
      .map(({ id: one }) => one),
  );
  return entitiesOf(boardSchemas).flatMap(({ name, references }) =>
    (items[name] ?? []).filter((record) =>
      Object.keys(references).some((field) => record[field] !== undefined && !ids.has(record[field])),
    ),
  );
};

/** Guards that no record explains, but for counters of nobody. */
export const strayGuards = (items: Record<string, PlainRecord[]>): PlainRecord[] => {
  const counted = entitiesOf(boardSchemas).reduce(
    (sum, { name, references }) =>
      sum +
      (items[name] ?? []).flatMap((record) => Object.keys(references).filter((field) => record[field]))
        .length,
    0,
  );
  const guards = (items['write-guards'] ?? []).filter(({ count }) => count !== 0);
  const sums = guards.filter(({ guard }) => String(guard).startsWith('references#'));
  const memberships = guards.filter(({ guard }) => String(guard).startsWith('counted#'));
  const uniques = guards.filter(({ guard }) => String(guard).startsWith('unique#'));
  const total = sums.reduce((sum, { count }) => sum + Number(count), 0);
  const isRight =
    total === counted && memberships.length === counted && uniques.length === (items.post ?? []).length;
  return isRight ? [] : guards;
};
