import { expect, test } from 'vitest';
import { safePointer } from '../../../core/privacy/pointer.ts';
import { order } from '../../../schemas/order.ts';

test.each([
  ['', ''],
  ['/note', '/note'],
  ['/lines/3/quantity', '/lines/3/quantity'],
  ['/lines/3/amount/currency', '/lines/3/amount/currency'],
  ['/dynamodb/SequenceNumber', '/dynamodb/SequenceNumber'],
  ['/ann@example.com', '/?'],
  ['/lines/3/ann@example.com/0', '/lines/3/?'],
  ['/lines/ann@example.com', '/lines/?'],
  ['/note/ann@example.com', '/note/?'],
  ['/total/ann@example.com', '/total/?'],
  ['/__proto__', '/?'],
])('the place %j is told as %j', (pointer, told) => {
  expect(safePointer(order, { pointer, message: 'ann@example.com is wrong' })).toBe(told);
});
