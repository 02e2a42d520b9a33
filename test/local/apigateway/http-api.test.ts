import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { startHttpApi } from '../../../local/apigateway/http-api.ts';
import { eventually } from '../lambda/cloud.ts';
import { CLIENT, ISSUER, prepare, secured } from './api.ts';

const echoed = async (response: Response) =>
  (await response.json()) as APIGatewayProxyEventV2WithJWTAuthorizer;
const problem = async (response: Response) => (await response.json()) as Record<string, unknown>;

describe('the event of a request', () => {
  it('has the shape of payload format 2.0', async () => {
    const { address } = await prepare({ routes: { 'POST /orders/{id}': {} } });

    const response = await fetch(`${address}/orders/a%20b?x=1&y=2&x=3%2C4&flag`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: 'a=1; b=2',
        'X-Trace': 'T',
        'user-agent': 'test',
      },
      body: '{"n":1}',
    });

    const event = await echoed(response);
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /orders/{id}',
      rawPath: '/orders/a b',
      rawQueryString: 'x=1&y=2&x=3%2C4&flag',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,3,4', y: '2', flag: '' },
      pathParameters: { id: 'a b' },
      body: '{"n":1}',
      isBase64Encoded: false,
      requestContext: {
        accountId: '123456789012',
        apiId: 'api1',
        domainName: 'api1.execute-api.eu-central-1.amazonaws.com',
        domainPrefix: 'api1',
        http: {
          method: 'POST',
          path: '/orders/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        routeKey: 'POST /orders/{id}',
        stage: '$default',
      },
    });
    expect(event.headers).toMatchObject({
      'x-trace': 'T',
      'content-type': 'application/json',
      'x-forwarded-for': '127.0.0.1',
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.requestContext).not.toHaveProperty('authorizer');
    expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(event.requestContext.requestId).toBe(response.headers.get('apigw-requestid'));
  });

  it('leaves out what the request does not have', async () => {
    const { address } = await prepare();

    const event = await echoed(await fetch(`${address}/orders`));

    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('cookies');
    expect(event).not.toHaveProperty('queryStringParameters');
    expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
  });

  it('carries a binary body in base64', async () => {
    const { address } = await prepare();
    const bytes = Buffer.from([0, 255, 1, 254]);

    const event = await echoed(
      await fetch(`${address}/x`, { method: 'PUT', headers: { 'content-type': 'image/png' }, body: bytes }),
    );

    expect(event).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true });
  });

  it('has the claims of the token as strings', async () => {
    const { address, cognito } = await prepare({ routes: { 'GET /me': secured } });
    const token = await cognito.token({ sub: 'u-1', groups: ['staff', 'customer'] });

    const event = await echoed(
      await fetch(`${address}/me`, { headers: { authorization: `Bearer ${token}` } }),
    );

    const { claims, scopes } = event.requestContext.authorizer.jwt;
    expect(claims).toMatchObject({
      sub: 'u-1',
      'cognito:groups': '[staff customer]',
      client_id: CLIENT,
      iss: ISSUER,
    });
    expect(claims['exp']).toMatch(/^\d+$/);
    expect(scopes).toBeNull();
  });
});

describe('the response of a function', () => {
  const responding = async (response: string) =>
    await prepare({ source: `export const handler = async () => (${response})` });

  it('sets status, headers, cookies and body', async () => {
    const { address } = await responding(
      `{ statusCode: 201, headers: { 'X-One': '1', 'content-type': 'text/csv', n: 2 }, cookies: ['a=1', 'b=2'], body: 'x,y' }`,
    );

    const response = await fetch(`${address}/x`);

    expect(response.status).toBe(201);
    expect(response.headers.get('x-one')).toBe('1');
    expect(response.headers.get('n')).toBe('2');
    expect(response.headers.get('content-type')).toBe('text/csv');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('x,y');
  });

  it('may be a 204', async () => {
    const { address } = await responding('{ statusCode: 204 }');

    const response = await fetch(`${address}/x`);

    expect(response.status).toBe(204);
    expect(response.headers.has('content-length')).toBe(false);
  });

  it('in base64 is decoded', async () => {
    const { address } = await responding(`{ statusCode: 200, body: 'AP8=', isBase64Encoded: true }`);

    expect(Buffer.from(await (await fetch(`${address}/x`)).arrayBuffer())).toEqual(Buffer.from([0, 255]));
  });

  it.each([
    ['{ hello: 1 }', '{"hello":1}'],
    ['"Hello from Lambda!"', 'Hello from Lambda!'],
  ])('without a status, %s, is the body of a 200', async (response, body) => {
    const { address } = await responding(response);

    const answer = await fetch(`${address}/x`);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.text()).toBe(body);
  });

  it.each([
    ['a body that is no string', '{ statusCode: 200, body: { a: 1 } }', /payload format 2\.0.*body/s],
    ['a header no client could read', '{ statusCode: 200, headers: { "x-a": "b\\nc" } }', /x-a/],
    ['a cookie no client could read', '{ statusCode: 200, cookies: ["a=\\u0001"] }', /set-cookie/],
    ['a status that is none', '{ statusCode: "ok" }', /statusCode/],
  ])('with %s is a 500', async (_, source, detail) => {
    const { address } = await responding(source);

    const response = await fetch(`${address}/x`);

    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const body = await problem(response);
    expect(body).toMatchObject({
      type: 'about:blank',
      title: 'Internal Server Error',
      message: 'Internal Server Error',
    });
    expect(body['detail']).toMatch(detail);
  });

  it('that failed is a 500', async () => {
    const { address } = await prepare({
      source: 'export const handler = async () => { throw new Error("broken") }',
    });

    const response = await fetch(`${address}/x`);

    expect(response.status).toBe(500);
    expect(await problem(response)).toMatchObject({ detail: expect.stringContaining('broken') as string });
  });

  it('that comes after the integration timeout is a 503', async () => {
    const { address } = await prepare({
      source: 'export const handler = () => new Promise(() => {})',
      integration: { TimeoutInMillis: 200 },
      functionProperties: { Timeout: 1 },
    });

    const response = await fetch(`${address}/x`);

    expect(response.status).toBe(503);
    expect(await problem(response)).toMatchObject({ message: 'Service Unavailable' });
  });

  it('over 6 MB is a 500', async () => {
    const { address } = await responding(`{ statusCode: 200, body: 'x'.repeat(6_300_000) }`);

    expect(await problem(await fetch(`${address}/x`))).toMatchObject({
      status: 500,
      detail: expect.stringContaining('Function.ResponseSizeTooLarge') as string,
    });
  });
});

describe('a route', () => {
  it('that does not exist is a 404', async () => {
    const { address } = await prepare({ routes: { 'GET /orders': {} } });

    const response = await fetch(`${address}/nowhere`);

    expect(response.status).toBe(404);
    expect(await problem(response)).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'No route of this API takes GET /nowhere.',
      message: 'Not Found',
      requestId: response.headers.get('apigw-requestid'),
    });
  });

  it('of HEAD answers without a body', async () => {
    const { address } = await prepare({
      source: 'export const handler = async () => ({ statusCode: 200, body: "abc" })',
    });

    const response = await fetch(`${address}/x`, { method: 'HEAD' });

    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('3');
    expect(await response.text()).toBe('');
  });

  it('of a named stage is below its name', async () => {
    const { address } = await prepare({ stage: 'v1', routes: { 'GET /orders': {} } });

    expect((await echoed(await fetch(`${address}/v1/orders`))).rawPath).toBe('/v1/orders');
    expect((await fetch(`${address}/orders`)).status).toBe(404);
  });

  it('whose integration cannot run here is a 501 and is named in a warning', async () => {
    const { address, cloud } = await prepare({ integration: { PayloadFormatVersion: '1.0' } });

    expect((await fetch(`${address}/x`)).status).toBe(501);
    expect(cloud.lines[0]?.message).toMatch(/ANY \/\{proxy\+\} answers 501.*payload format 2\.0/s);
  });
});

describe('the permission of the API on the function', () => {
  const routes = { 'GET /orders/{id}': {}, 'POST /orders': {} };

  it('covers the routes its SourceArn names', async () => {
    const { address } = await prepare({ routes, permitted: 'api1/*/*/orders/{id}' });

    expect((await fetch(`${address}/orders/1`)).status).toBe(200);
  });

  it('is missing for any other, which is a 500 as on AWS', async () => {
    const { address } = await prepare({ routes, permitted: 'api1/*/*/orders/{id}' });

    const response = await fetch(`${address}/orders`, { method: 'POST' });

    expect(response.status).toBe(500);
    expect((await problem(response))['detail']).toMatch(
      /may not invoke .* for POST \/orders: no AWS::Lambda::Permission/,
    );
  });
});

describe('a route with a JWT authorizer', () => {
  const routes = { 'GET /me': secured, 'GET /admin': { ...secured, AuthorizationScopes: ['store/admin'] } };
  const get = async (url: string, token?: string) =>
    await fetch(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

  it('asks for a token', async () => {
    const { address } = await prepare({ routes });

    const response = await get(`${address}/me`);

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await problem(response)).toMatchObject({
      message: 'Unauthorized',
      detail: 'The request has no token. Send one in the header "authorization: Bearer <token>".',
    });
  });

  it('takes the token without the word Bearer too', async () => {
    const { address, cognito } = await prepare({ routes });

    const response = await fetch(`${address}/me`, { headers: { authorization: await cognito.token() } });

    expect(response.status).toBe(200);
  });

  it('takes a token by its audience where it has one', async () => {
    const { address, sign } = await prepare({ routes });
    const exp = Math.floor(Date.now() / 1000) + 600;
    const token = await sign({ iss: ISSUER, aud: ['x', CLIENT], client_id: 'other', exp });

    expect((await get(`${address}/me`, token)).status).toBe(200);
  });

  it('asks for one of its scopes', async () => {
    const { address, cognito } = await prepare({ routes });

    const without = await get(`${address}/admin`, await cognito.token({ scope: 'openid' }));
    const withScope = await get(`${address}/admin`, await cognito.token({ scope: 'openid store/admin' }));

    expect(without.status).toBe(403);
    expect(without.headers.get('www-authenticate')).toMatch(/error="insufficient_scope"/);
    expect(await problem(without)).toMatchObject({
      message: 'Forbidden',
      detail: expect.stringContaining('store/admin') as string,
    });
    expect((await echoed(withScope)).requestContext.authorizer.jwt.scopes).toEqual(['openid', 'store/admin']);
  });
});

describe('limits', () => {
  it('a body over 10 MB is a clean 413, and the function is not run', async () => {
    const { address, cloud } = await prepare({
      source: 'export const handler = async () => { console.log("ran") }',
    });

    const response = await fetch(`${address}/x`, {
      method: 'POST',
      body: Buffer.alloc(10 * 1024 * 1024 + 1),
    });

    expect(response.status).toBe(413);
    expect(await problem(response)).toMatchObject({ message: 'Request Entity Too Large' });
    expect(cloud.lines).toEqual([]);
  });

  it('a streamed body over 10 MB, its length unknown, is a clean 413', async () => {
    const { address } = await prepare();
    const chunk = Buffer.alloc(1024 * 1024);
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        if (sent >= 12) return controller.close();
        sent += 1;
        controller.enqueue(chunk);
      },
    });

    const response = await fetch(`${address}/x`, { method: 'POST', body, duplex: 'half' });

    expect(response.status).toBe(413);
  });

  it('a body over what a function takes is a 413', async () => {
    const { address } = await prepare();

    const response = await fetch(`${address}/x`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'x'.repeat(7 * 1024 * 1024),
    });

    expect(response.status).toBe(413);
    expect((await problem(response))['detail']).toMatch(/too large for the function/);
  });

  it.each([11_000, 200_000])('headers of %i bytes are a 431', async (bytes) => {
    const { address } = await prepare();

    const response = await fetch(`${address}/x`, { headers: { 'x-big': 'x'.repeat(bytes) } });

    expect(response.status).toBe(431);
    expect(await problem(response)).toMatchObject({ message: 'Request Header Fields Too Large' });
  });
});

describe('CORS', () => {
  const api = {
    CorsConfiguration: {
      AllowOrigins: ['https://shop.example'],
      AllowMethods: ['GET', 'POST'],
      AllowHeaders: ['authorization'],
      ExposeHeaders: ['etag'],
      MaxAge: 300,
    },
  };
  const routes = { 'GET /orders': {} };
  const preflight = async (address: string, origin: string) =>
    await fetch(`${address}/orders`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    });

  it('preflights that a route takes are answered by its function, with the headers of the configuration', async () => {
    const { address } = await prepare({
      api,
      routes: { $default: {} },
      source: "export const handler = async () => ({ statusCode: 204, headers: { allow: 'GET' } })",
    });

    const response = await preflight(address, 'https://shop.example');

    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('GET');
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(response.headers.get('access-control-allow-methods')).toBeTruthy();
  });

  it('preflights are answered by the gateway', async () => {
    const { address } = await prepare({ api, routes });

    const response = await preflight(address, 'https://shop.example');

    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '300',
    });
  });

  it('another origin gets no permission', async () => {
    const { address } = await prepare({ api, routes });

    expect(
      (await preflight(address, 'https://evil.example')).headers.has('access-control-allow-origin'),
    ).toBe(false);
  });

  it('replaces the headers of the function, on refusals too', async () => {
    const { address } = await prepare({
      api,
      routes,
      source: `export const handler = async () => ({ statusCode: 200, headers: { 'access-control-allow-origin': '*' } })`,
    });
    const headers = { origin: 'https://shop.example' };

    const found = await fetch(`${address}/orders`, { headers });
    const missing = await fetch(`${address}/nowhere`, { headers });

    expect(found.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(found.headers.get('access-control-expose-headers')).toBe('etag');
    expect(missing.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  });
});

describe('the server', () => {
  it('answers many requests at once', async () => {
    const { address } = await prepare();

    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => await echoed(await fetch(`${address}/n/${n}`))),
    );

    expect(answers.map(({ rawPath }) => rawPath)).toEqual(Array.from({ length: 100 }, (_, n) => `/n/${n}`));
  });

  it('outlives clients that go away while sending or waiting', async () => {
    const { address, cloud } = await prepare({
      source:
        'export const handler = async () => { console.log("ran"); await new Promise((r) => setTimeout(r, 100)); return 1 }',
    });
    const port = Number(new URL(address).port);
    const sending = connect(port, '127.0.0.1');
    sending.write('POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf');
    const waiting = connect(port, '127.0.0.1');
    waiting.write('GET /x HTTP/1.1\r\nhost: a\r\n\r\n');
    await eventually('the function to run', () => cloud.lines.some(({ message }) => message === 'ran'));

    sending.destroy();
    waiting.destroy();

    expect((await fetch(`${address}/x`)).status).toBe(200);
    expect(cloud.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('answers what is not HTTP with a 400', async () => {
    const { address } = await prepare();
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    await once(socket, 'connect');

    socket.end('GARBAGE\r\n\r\n');

    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*"status":400/s);
  });

  it(
    'stops when a client has sent what it was sending, and waits for no next request',
    { timeout: 20_000 },
    async () => {
      const { cloud, functions, cognito } = await prepare();
      const api = await startHttpApi(cloud, { functions, jwks: cognito.jwks, port: 0 });
      const socket = connect(Number(new URL(api!.address).port), '127.0.0.1');
      const length = 11 * 1024 * 1024;
      socket.write(`POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];

      const stopped = api!.close();
      socket.write(Buffer.alloc(length));
      await stopped;

      expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
      socket.destroy();
    },
  );

  it('says EADDRINUSE when its port is taken', async () => {
    const { address, cloud, functions, cognito } = await prepare();
    const port = Number(new URL(address).port);

    await expect(startHttpApi(cloud, { functions, jwks: cognito.jwks, port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
