import { entity, id, z } from '../../../core/schema/index.ts';

/** An entity whose owners may do everything with their own records, with fields that are not for everybody. */
export const memo = entity({
  name: 'memo',
  description: 'A note to oneself',
  fields: {
    ownerId: id().meta({ immutable: true }),
    text: z.string().min(1),
    topic: z.string().min(1).optional(),
    verdict: z.string().min(1).optional(),
    diary: z.string().optional(),
  },
  indexes: { byOwner: ['ownerId', 'createdAt'], byTopic: ['topic', 'verdict'] },
  access: {
    owner: 'ownerId',
    create: ['owner', 'group:staff'],
    read: ['owner', 'group:staff', 'scope:memos.read'],
    list: ['owner', 'group:staff', 'scope:memos.read'],
    change: ['owner', 'group:staff'],
    delete: ['owner', 'group:staff'],
    fields: {
      verdict: { read: ['group:staff'] },
      topic: { write: ['group:staff'] },
      diary: { read: ['owner'] },
    },
  },
});

/** An entity whose key starts with its owner. */
export const shelf = entity({
  name: 'shelf',
  plural: 'shelves',
  description: 'Where somebody keeps things',
  key: ['ownerId', 'place'],
  fields: { ownerId: id(), place: z.string().min(1), label: z.string().optional() },
  access: {
    owner: 'ownerId',
    create: ['owner'],
    read: ['owner'],
    change: ['owner'],
    delete: ['owner'],
  },
});
