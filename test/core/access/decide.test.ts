import { describe, expect, it } from 'vitest';
import { accessOf, accessSchema, type AccessOptions } from '../../../core/access/access.ts';
import { callerOf, type Caller } from '../../../core/access/caller.ts';
import { grantsFor, hiddenFields, lockedFields, reachOf } from '../../../core/access/decide.ts';

const access = (options: AccessOptions) => accessOf(accessSchema.parse(options));
const caller = (claims: Record<string, unknown>): Caller => callerOf({ sub: 'u1', ...claims }) as Caller;
const [nobody, customer, staff, machine] = [
  caller({}),
  caller({ 'cognito:groups': '[customer]' }),
  caller({ 'cognito:groups': '[customer staff]' }),
  caller({ client_id: 'u1', scope: 'tailrace/orders.read other/orders.write' }),
];

describe('a caller', () => {
  it.each([
    ['the text API Gateway makes of a list', '[customer staff]', ['customer', 'staff']],
    ['a list', ['customer', 'staff'], ['customer', 'staff']],
    ['one name', 'staff', ['staff']],
    ['an empty list', '[]', []],
    ['nothing', undefined, []],
    ['no text', 7, []],
  ])('has groups from %s', (_what, groups, expected) => {
    expect([...caller({ 'cognito:groups': groups }).groups]).toEqual(expected);
  });

  it.each([{}, { sub: '' }, { sub: 7 }])('is nobody by the claims %j', (claims) => {
    expect(callerOf(claims)).toBeUndefined();
  });

  it('is no person when its subject is its client', () => {
    expect([machine.isPerson, customer.isPerson]).toEqual([false, true]);
  });
});

describe('a decision', () => {
  it.each([
    ['authenticated', nobody, 'all'],
    ['group:staff', staff, 'all'],
    ['group:staff', customer, 'none'],
    ['scope:orders.read', machine, 'all'],
    ['scope:orders.write', machine, 'none'],
    ['owner', customer, 'own'],
    ['owner', machine, 'none'],
  ] as const)('by %s', (grant, who, reach) => {
    expect(reachOf([grant], who)).toBe(reach);
  });

  it('goes as far as the widest grant', () => {
    expect(reachOf(['owner', 'group:staff'], staff)).toBe('all');
    expect(reachOf([], staff)).toBe('none');
  });

  it('is for staff where the schema says nothing', () => {
    for (const operation of ['create', 'read', 'list', 'patch', 'delete', 'unheard-of'])
      expect(grantsFor(access({}), { operation })).toEqual(['group:staff']);
    expect(grantsFor(access({}), { operation: 'action', action: 'toString' })).toEqual(['group:staff']);
  });

  it('is for who the schema names, and lists follow reads', () => {
    const open = access({ read: ['authenticated'], change: [], actions: { pay: ['group:till'] } });

    expect(grantsFor(open, { operation: 'list' })).toEqual(['authenticated']);
    expect(grantsFor(open, { operation: 'patch' })).toEqual([]);
    expect(grantsFor(open, { operation: 'action', action: 'pay' })).toEqual(['group:till']);
  });

  it('hides and locks fields', () => {
    const fields = {
      cost: { read: ['group:staff'] },
      rating: { write: ['group:staff'] },
      diary: { read: ['owner'] },
    } as const;
    const secretive = access({ owner: 'id', fields });

    expect(hiddenFields(secretive, customer, true)).toEqual(['cost']);
    expect(hiddenFields(secretive, customer, false)).toEqual(['cost', 'diary']);
    expect(lockedFields(secretive, customer, true)).toEqual(['rating', 'cost']);
    expect(lockedFields(secretive, staff, false)).toEqual(['diary']);
  });
});
