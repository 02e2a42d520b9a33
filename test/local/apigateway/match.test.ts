import { describe, expect, it } from 'vitest';
import { matchRoute } from '../../../local/apigateway/match.ts';
import type { Route } from '../../../local/apigateway/model.ts';

const routes = (...keys: string[]): Route[] =>
  keys.map((key) => {
    const [method = '', path = ''] = key.split(' ');
    const segments = path.split('/').slice(1);
    return { key, method, segments, integration: { unsupported: '' }, authorizer: undefined, scopes: [] };
  });

// The example of the developer guide, in an order that must not matter.
const PETS = routes(
  '$default',
  'ANY /{proxy+}',
  'GET /pets/{proxy+}',
  'GET /pets/dog/{id}',
  'GET /pets/dog/1',
);

describe('the route of a request', () => {
  it.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
    ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
    ['POST', '/pets/dog/1', 'ANY /{proxy+}', { proxy: 'pets/dog/1' }],
  ])('%s %s is %s', (method, path, key, pathParameters) => {
    const match = matchRoute(PETS, method, path);

    expect(match?.route.key).toBe(key);
    expect(match?.pathParameters).toEqual(pathParameters);
  });

  it('prefers the method over ANY on the same path', () => {
    expect(matchRoute(routes('ANY /orders', 'POST /orders'), 'POST', '/orders')?.route.key).toBe(
      'POST /orders',
    );
  });

  it('is $default when nothing else matches', () => {
    expect(matchRoute(routes('$default', 'GET /orders'), 'POST', '/elsewhere')?.route.key).toBe('$default');
  });

  it('keeps a trailing slash apart', () => {
    expect(matchRoute(routes('POST /orders'), 'POST', '/orders/')).toBeUndefined();
    expect(matchRoute(routes('GET /orders/{id}'), 'GET', '/orders/')).toBeUndefined();
  });

  it('has decoded path parameters, and an escaped slash does not split a segment', () => {
    expect(matchRoute(routes('GET /orders/{id}'), 'GET', '/orders/a%2Fb%20c')?.pathParameters).toEqual({
      id: 'a/b c',
    });
  });

  it('survives broken percent-encoding', () => {
    expect(matchRoute(routes('GET /orders/{id}'), 'GET', '/orders/%zz')?.pathParameters).toEqual({
      id: '%zz',
    });
  });

  it('of HEAD is not that of GET', () => {
    expect(matchRoute(routes('GET /orders'), 'HEAD', '/orders')).toBeUndefined();
  });
});
