import { describe, expect, test } from 'vitest';
import { isAllowed, parsePolicy } from '../../../local/iam/policy.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table/orders';

const allow = (Action: string | string[], Resource: string | string[]) => ({
  Effect: 'Allow',
  Action,
  Resource,
});

describe('a policy', () => {
  test.each([
    [
      'an action it names on a resource it names',
      allow('dynamodb:GetItem', TABLE),
      'dynamodb:GetItem',
      TABLE,
      true,
    ],
    ['an action in other letter case', allow('DynamoDB:getitem', TABLE), 'dynamodb:GetItem', TABLE, true],
    ['actions under a wildcard', allow('dynamodb:*', TABLE), 'dynamodb:Scan', TABLE, true],
    [
      'one character under a question mark',
      allow('s3:Get?bject', '*'),
      's3:GetObject',
      'arn:aws:s3:::lake/a',
      true,
    ],
    [
      'an index of a table it names',
      allow('dynamodb:Query', `${TABLE}/index/*`),
      'dynamodb:Query',
      `${TABLE}/index/byCustomer`,
      true,
    ],
    ['another action', allow('dynamodb:GetItem', TABLE), 'dynamodb:Scan', TABLE, false],
    [
      'another table that begins alike',
      allow('dynamodb:GetItem', TABLE),
      'dynamodb:GetItem',
      `${TABLE}2`,
      false,
    ],
    [
      'a resource in other letter case',
      allow('dynamodb:GetItem', TABLE.toUpperCase()),
      'dynamodb:GetItem',
      TABLE,
      false,
    ],
    [
      'what a dot in a pattern would match as an expression',
      allow('s3:*', 'arn:aws:s3:::a.b/*'),
      's3:GetObject',
      'arn:aws:s3:::axb/c',
      false,
    ],
    [
      'all but the actions it excepts',
      { Effect: 'Allow', NotAction: 's3:Delete*', Resource: '*' },
      's3:DeleteObject',
      '*',
      false,
    ],
  ])('answers for %s', (_what, statement, action, resource, expected) => {
    expect(isAllowed(parsePolicy({ Statement: [statement] }), action, resource)).toBe(expected);
  });

  test('denies what one statement denies, whatever others allow', () => {
    const statements = parsePolicy({
      Statement: [allow('*', '*'), { Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' }],
    });
    expect(isAllowed(statements, 's3:DeleteObject', 'arn:aws:s3:::lake/a')).toBe(false);
    expect(isAllowed(statements, 's3:GetObject', 'arn:aws:s3:::lake/a')).toBe(true);
  });

  test('refuses a condition, which it cannot judge', () => {
    expect(() => parsePolicy({ Statement: [{ ...allow('s3:*', '*'), Condition: { Bool: {} } }] })).toThrow(
      'conditions',
    );
  });
});
