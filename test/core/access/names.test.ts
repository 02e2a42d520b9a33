import { describe, expect, it } from 'vitest';
import { groupsOf, scopesOf } from '../../../core/access/names.ts';
import type { Grant } from '../../../core/access/grant.ts';
import { entity } from '../../../core/schema/entity.ts';

const secret = entity({
  name: 'secret',
  description: 'A secret',
  fields: {},
  access: { read: ['group:staff', 'group:chief', 'scope:secrets.read'] },
});
const published = (...publish: Grant[]) => ({ publish });

describe('groups and scopes', () => {
  it('are those that schemas name, and staff', () => {
    expect(groupsOf([secret])).toEqual(['chief', 'staff']);
    expect(scopesOf([secret])).toEqual(['secrets.read']);
  });

  it('are those that marts are published to, too, each once', () => {
    const marts = [
      published('group:analyst', 'authenticated'),
      published('group:chief', 'scope:insights.read'),
    ];

    expect(groupsOf([secret], marts)).toEqual(['analyst', 'chief', 'staff']);
    expect(scopesOf([secret], marts)).toEqual(['insights.read', 'secrets.read']);
  });
});
