import { describe, expect, it } from 'vitest';
import { problem } from '../core/http/problem.ts';
import { openApi } from '../core/openapi/document.ts';
import { schemas } from '../schemas/index.ts';
import { contractOf, type Answered } from './contract.ts';

const judge = contractOf(openApi(schemas, { title: 'Store', version: '1' }));
const time = '2026-11-22T13:00:00.000Z';
const price = { amount: 1, currency: 'EUR' };
const lamp = { id: 'p1', name: 'Lamp', category: 'home', price, stock: 5, tags: [] };
const product = { ...lamp, version: 1, createdAt: time, updatedAt: time };

const found = (parts: Partial<Answered> = {}): Answered => ({
  status: 200,
  headers: { 'content-type': 'application/json', 'x-request-id': 'r1', etag: '"1"' },
  body: product,
  ...parts,
});
const read = { method: 'GET', path: '/products/p1' };

describe('an answer held to the contract', () => {
  it.each<[string, Answered]>([
    ['a record', found()],
    [
      'no body where none is described',
      found({ status: 304, body: undefined, headers: { 'x-request-id': 'r', etag: '"1"' } }),
    ],
    [
      'a problem',
      found({
        status: 404,
        headers: { 'content-type': 'application/problem+json; charset=utf-8', 'x-request-id': 'r1' },
        body: problem('not-found', 'It is not there.'),
      }),
    ],
    [
      'what the gateway says itself',
      found({
        status: 401,
        headers: { 'content-type': 'application/json' },
        body: { message: 'Unauthorized' },
      }),
    ],
  ])('may be %s', (_what, answer) => {
    expect(judge(read, answer)).toEqual([]);
  });

  it.each<[string, Answered, RegExp]>([
    ['a status that is not described', found({ status: 201 }), /has no status 201/],
    ['a field too many', found({ body: { ...product, colour: 'red' } }), /additional properties/],
    ['a field too few', found({ body: lamp }), /required property 'version'/],
    ['a field of another type', found({ body: { ...product, stock: '5' } }), /\/stock: must be integer/],
    ['no body where one is described', found({ body: undefined }), /must be object/],
    ['a body where none is described', found({ status: 304 }), /there is a body/],
    [
      'another media type',
      found({ headers: { ...found().headers, 'content-type': 'text/html' } }),
      /text\/html/,
    ],
    [
      'no request id',
      found({ headers: { 'content-type': 'application/json', etag: '"1"' } }),
      /no X-Request-Id/,
    ],
    [
      'a header that is not described',
      found({ headers: { ...found().headers, location: '/x' } }),
      /Location/,
    ],
    [
      'a header of another form',
      found({ status: 503, headers: { ...found().headers, etag: undefined, 'retry-after': 'soon' } }),
      /Retry-After: must match/,
    ],
  ])('may not have %s', (_what, answer, wrong) => {
    expect(judge(read, answer).join('\n')).toMatch(wrong);
  });

  it('is of an operation that is described', () => {
    expect(judge({ method: 'PUT', path: '/products/p1' }, found())).toEqual([
      'PUT /products/{id} is not described',
    ]);
    expect(judge({ method: 'GET', path: '/nothing' }, found())).toEqual(['GET /nothing is not described']);
  });

  it('has the fields that were asked for, and may have them alone', () => {
    const list = { method: 'GET', path: '/products' };
    const answer = found({
      headers: { 'content-type': 'application/json', 'x-request-id': 'r1' },
      body: { items: [{ name: 'Lamp' }] },
    });

    expect(judge({ ...list, fields: true }, answer)).toEqual([]);
    expect(judge(list, answer).join()).toMatch(/required property/);
  });
});
