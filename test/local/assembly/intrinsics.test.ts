import { describe, expect, test } from 'vitest';
import { resolve, resolveCondition, type Scope } from '../../../local/assembly/intrinsics.ts';

const scope: Scope = {
  ref: (name) => ({ 'AWS::Region': 'us-east-1', Bucket: 'lake' })[name],
  attribute: (logicalId, name) => `${logicalId}.${name}`,
  importValue: (name) => `imported ${name}`,
  mapping: (...keys) => keys.join('/'),
  condition: (name) => name === 'Yes',
};

describe('resolve', () => {
  test.each([
    [{ Ref: 'Bucket' }, 'lake'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table.Arn'],
    [{ 'Fn::GetAtt': 'Table.Arn' }, 'Table.Arn'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 3]] }, 'a-us-east-1-3'],
    [{ 'Fn::Sub': 's3://${Bucket}/${Table.Arn}/${!literal}' }, 's3://lake/Table.Arn/${literal}'],
    [{ 'Fn::Sub': ['${one}${Bucket}', { one: { Ref: 'AWS::Region' } }] }, 'us-east-1lake'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    [{ 'Fn::ImportValue': { 'Fn::Sub': '${Bucket}-arn' } }, 'imported lake-arn'],
    [{ 'Fn::If': ['Yes', 1, 2] }, 1],
    [{ 'Fn::If': ['No', 1, { Ref: 'Bucket' }] }, 'lake'],
    [{ 'Fn::FindInMap': ['map', { Ref: 'AWS::Region' }, 'x'] }, 'map/us-east-1/x'],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [
      { a: [{ Ref: 'Bucket' }, 1, null], b: { c: true } },
      { a: ['lake', 1, null], b: { c: true } },
    ],
  ])('%j gives %j', (node, expected) => {
    expect(resolve(node, scope)).toEqual(expected);
  });

  test('leaves nothing where AWS::NoValue stands, in objects and lists', () => {
    const none = { Ref: 'AWS::NoValue' };
    expect(resolve({ gone: none, kept: [none, 1] }, scope)).toEqual({ kept: [1] });
  });

  test('names an intrinsic it does not know', () => {
    expect(() => resolve({ 'Fn::Cidr': ['10.0.0.0/16'] }, scope)).toThrow('Fn::Cidr');
  });
});

describe('resolveCondition', () => {
  test.each([
    [{ 'Fn::Equals': [{ Ref: 'Bucket' }, 'lake'] }, true],
    [{ 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ Condition: 'No' }] }] }, true],
    [{ 'Fn::Or': [{ Condition: 'No' }, { 'Fn::Equals': ['a', 'b'] }] }, false],
    [{ Condition: 'Yes' }, true],
  ])('%j is %s', (node, expected) => {
    expect(resolveCondition(node, scope)).toBe(expected);
  });
});
