import { expect, test } from 'vitest';
import { entity, event, id, z } from '../../../core/schema/index.ts';

const declare = (options: object) =>
  entity({
    name: 'memo',
    description: 'A memo',
    fields: {
      ownerId: id().meta({ immutable: true }),
      slug: id(),
      text: z.string(),
      mood: z.string().optional(),
      likes: z.int().optional(),
    },
    indexes: { byOwner: ['ownerId'] },
    ...options,
  });

test('access is for staff where a schema says nothing', () => {
  const { access } = declare({});

  for (const grants of [access.create, access.read, access.list, access.change, access.delete])
    expect(grants).toEqual(['group:staff']);
  expect(event({ name: 'seen', description: 'x', fields: { what: z.string() } }).access.create).toEqual([
    'group:staff',
  ]);
});

test('access that can be kept is taken', () => {
  const grants = ['owner', 'group:staff', 'scope:memos.read'];

  expect(declare({ access: { owner: 'ownerId', read: grants } }).access.list).toEqual(grants);
});

test.each([
  ['an unknown grant', { access: { read: ['staff'] } }, /memo\.access\.read.*must be "authenticated"/],
  ['an unknown option', { access: { reads: [] } }, /memo\.access/],
  ['an owner nobody named', { access: { read: ['owner'] } }, /no field names the owner/],
  ['an owner that is no field', { access: { owner: 'author' } }, /no field "author".*Use one of id, ownerId/],
  ['an owner that may be missing', { access: { owner: 'mood' } }, /"mood" is not a text in every record/],
  ['an owner that can change', { access: { owner: 'slug' } }, /given away.*immutable: true/],
  [
    'keys chosen by owners',
    { key: ['slug'], access: { owner: 'ownerId', create: ['owner'] } },
    /memo\.access\.create: owners choose the key "slug"/,
  ],
  [
    'lists of an owner without index',
    { indexes: {}, access: { owner: 'ownerId', read: ['owner'] } },
    /no index finds the records of one "ownerId"/,
  ],
  [
    'changes by who may not read',
    { access: { change: ['group:writer'] } },
    /memo\.access\.change: "group:writer" may not read.*Add "group:writer" to read/,
  ],
  [
    'actions by who may not read',
    { access: { actions: { burn: ['authenticated'] } } },
    /memo\.access\.actions\.burn/,
  ],
  ['access of no field', { access: { fields: { colour: {} } } }, /no field "colour"/],
  ['a hidden key', { access: { fields: { id: { read: [] } } } }, /part of every answer/],
  [
    'a required field its creator may not set',
    { access: { owner: 'ownerId', create: ['owner'], fields: { text: { write: ['group:staff'] } } } },
    /"owner" may create records, but not set "text"/,
  ],
])('%s is refused with the cure', (_what, options, message) => {
  expect(() => declare(options)).toThrow(message);
});
