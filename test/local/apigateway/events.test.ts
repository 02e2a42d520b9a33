import { request as send, type IncomingMessage } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { httpApiFixtures, type Fixture } from '../../fixtures/http-api.ts';
import { prepareFor, secured } from './api.ts';

type Gateway = Awaited<ReturnType<typeof prepareFor>>;

const stageOf = ({ event }: Fixture): string => event.requestContext.stage;

/** Tells the event in a header: the answer to HEAD has no body. */
const source = `export const handler = async (event) =>
  ({ statusCode: 200, headers: { 'x-event': encodeURIComponent(JSON.stringify(event)) } })`;

const routesOf = (fixtures: readonly Fixture[]) =>
  Object.fromEntries(fixtures.map(({ event, claims }) => [event.routeKey, claims ? secured : {}]));

/** What differs at every request, and what differs between one machine and AWS: its name, its port, no TLS. */
const comparable = (event: Fixture['event']) => ({
  ...event,
  headers: {
    ...event.headers,
    ...(event.headers.authorization === undefined ? {} : { authorization: 'Bearer <token>' }),
    'x-amzn-trace-id': /^Root=1-[\da-f]{8}-[\da-f]{24}$/.test(event.headers['x-amzn-trace-id'] ?? ''),
    'x-forwarded-for': event.headers['x-forwarded-for'] === event.requestContext.http.sourceIp,
    'x-forwarded-port': /^\d+$/.test(event.headers['x-forwarded-port'] ?? ''),
    'x-forwarded-proto': /^https?$/.test(event.headers['x-forwarded-proto'] ?? ''),
  },
  requestContext: {
    ...event.requestContext,
    http: { ...event.requestContext.http, sourceIp: '' },
    requestId: /^[\w+/]{15}=$/.test(event.requestContext.requestId),
    time: /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/.test(event.requestContext.time),
    timeEpoch: Number.isInteger(event.requestContext.timeEpoch),
  },
});

const made = async ({ address, sign }: Gateway, { request, claims, event }: Fixture): Promise<unknown> => {
  const { hostname, port } = new URL(address);
  const token = claims ? { authorization: `Bearer ${await sign(claims)}` } : {};
  const headers = { ...request.headers, ...token, host: event.headers.host };
  const { method, target: path, body = '', bodyBase64 } = request;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const bytes = bodyBase64 === undefined ? Buffer.from(body) : Buffer.from(bodyBase64, 'base64');
    const length = bytes.length > 0 ? { 'content-length': bytes.length } : {};
    send({ hostname, port, method, path, headers: { ...headers, ...length } }, resolve)
      .on('error', reject)
      .end(bytes);
  });
  answer.resume();
  return JSON.parse(decodeURIComponent(String(answer.headers['x-event'])));
};

describe.each([...new Set(httpApiFixtures.map(stageOf))])('below the stage %s', (stage) => {
  const fixtures = httpApiFixtures.filter((fixture) => stageOf(fixture) === stage);
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await prepareFor({ stage, source, routes: routesOf(fixtures) });
    return () => gateway.close();
  });

  it.each(fixtures)('$shows ($name)', async (fixture) => {
    const event = await made(gateway, fixture);

    expect(comparable(event as Fixture['event'])).toEqual(comparable(fixture.event));
  });
});
