import { createPublicKey } from 'node:crypto';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { generateKeyPair, SignJWT, UnsecuredJWT, exportJWK, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT, ISSUER, prepareFor, secured } from './api.ts';

/** What an attacker knows: the published key, and genuine tokens of their own. */
interface Known {
  readonly kid: string;
  /** The published key, as a certificate tool would write it. */
  readonly pem: string;
  readonly jwk: string;
  readonly genuine: string;
  readonly sign: Awaited<ReturnType<typeof prepareFor>>['sign'];
}

type Forge = (known: Known) => Promise<string> | string;

const source = `export const handler = async () => { console.log('ran'); return { statusCode: 200 } }`;
const now = Math.floor(Date.now() / 1000);
const claims: JWTPayload = { iss: ISSUER, client_id: CLIENT, sub: 'eve', exp: now + 600, iat: now - 10 };

let gateway: Awaited<ReturnType<typeof prepareFor>>;
let known: Known;

beforeAll(async () => {
  gateway = await prepareFor({ source, routes: { 'GET /me': secured } });
  const { cognito, sign } = gateway;
  const [key = {}] = cognito.jwks(ISSUER)?.keys ?? [];
  const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string;
  const genuine = await cognito.token({ sub: 'eve' });
  known = { kid: key.kid ?? '', pem, jwk: JSON.stringify(key), genuine, sign };
});
afterAll(() => gateway.close());

const answerTo = async (headers: OutgoingHttpHeaders, target = '/me') => {
  const { hostname, port } = new URL(gateway.address);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ hostname, port, path: target, headers }, resolve).on('error', reject).end();
  });
  return { status: answer.statusCode, challenge: answer.headers['www-authenticate'], body: answer };
};

const refusal = async (headers: OutgoingHttpHeaders, target?: string) => {
  const { status, challenge, body } = await answerTo(headers, target);
  expect(status).toBe(401);
  expect(challenge).toMatch(/^Bearer/);
  return (await json(body)) as Record<string, unknown>;
};

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of any header, with no signature or one from somewhere else. */
const pasted = (header: object, payload: object, signature = ''): string =>
  `${part(header)}.${part(payload)}.${signature}`;

const signatureOf = (token: string): string => token.split('.')[2] ?? '';

const withSecret = (secret: string): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid: known.kid })
    .sign(new TextEncoder().encode(secret));

const byAnotherKey = async (header: object): Promise<string> => {
  const { privateKey } = await generateKeyPair('RS256');
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(privateKey);
};

const withOwnKeyInside = async ({ kid }: Known): Promise<string> => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid };
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, jwk }).sign(privateKey);
};

const FORGED: readonly (readonly [what: string, forge: Forge, detail: RegExp])[] = [
  ['no JWT', () => 'nonsense', /not a JWT/],
  ['three parts of nothing', () => 'a.b.c', /not a JWT/],
  ['unsigned (alg none)', () => new UnsecuredJWT(claims).encode(), /signed with none/],
  ['unsigned (alg None)', ({ kid }) => pasted({ alg: 'None', kid }, claims), /signed with None/],
  [
    'unsigned, the signature of another token left',
    ({ kid, genuine }) => pasted({ alg: 'none', kid }, claims, signatureOf(genuine)),
    /signed with none/,
  ],
  ['without an algorithm', ({ kid }) => pasted({ kid }, claims), /signed with undefined/],
  ['without its signature', ({ genuine }) => genuine.replace(/[^.]+$/, ''), /signature|not valid/],
  ['signed with HS256 and the public key as the secret (PEM)', ({ pem }) => withSecret(pem), /HS256/],
  ['signed with HS256 and the public key as the secret (JWK)', ({ jwk }) => withSecret(jwk), /HS256/],
  ['signed with HS256 and an empty secret', () => withSecret('\0'.repeat(32)), /HS256/],
  ['signed by another key under the right kid', ({ kid }) => byAnotherKey({ kid }), /signature/],
  ['signed by a key nobody publishes', () => byAnotherKey({ kid: 'other' }), /does not publish/],
  ['signed by a key it brings itself', withOwnKeyInside, /signature/],
  [
    'of another key, named by where to fetch it',
    () => byAnotherKey({ kid: 'x', jku: 'http://127.0.0.1:9' }),
    /does not publish/,
  ],
  ['without a kid', ({ sign }) => sign(claims, { kid: undefined }), /no "kid"/],
  [
    'whose claims were changed',
    ({ genuine }) => genuine.replace(/\.[^.]+\./, `.${part({ ...claims, sub: 'ann' })}.`),
    /signature/,
  ],
  [
    'of another issuer',
    ({ sign }) => sign({ ...claims, iss: 'https://example.com' }),
    /is from https:\/\/example/,
  ],
  ['of another pool', ({ sign }) => sign({ ...claims, iss: `${ISSUER}2` }), /is from/],
  ['of no issuer', ({ sign }) => sign({ ...claims, iss: undefined }), /is from undefined/],
  ['for another client', ({ sign }) => sign({ ...claims, client_id: 'other' }), /is for other/],
  ['for another audience', ({ sign }) => sign({ ...claims, aud: ['other'] }), /is for other/],
  ['for no one', ({ sign }) => sign({ ...claims, client_id: undefined }), /is for no one/],
  ['expired', ({ sign }) => sign({ ...claims, exp: now - 10 }), /expired at \d{4}-\d\d-\d\dT.*Get a new one/],
  ['without an end', ({ sign }) => sign({ ...claims, exp: undefined }), /no "exp"/],
  ['with a text for an end', ({ sign }) => sign({ ...claims, exp: '9999999999' as never }), /"exp"/],
  ['not yet valid', ({ sign }) => sign({ ...claims, nbf: now + 600 }), /not valid before/],
  ['issued in the future', ({ sign }) => sign({ ...claims, iat: now + 600 }), /issued in the future/],
];

describe('a token', () => {
  it('that is genuine opens the route', async () => {
    expect((await answerTo({ authorization: `Bearer ${known.genuine}` })).status).toBe(200);
    expect((await answerTo({ authorization: `Bearer ${await known.sign(claims)}` })).status).toBe(200);
  });

  it.each(FORGED)('%s is refused, and the reason told', async (_what, forge, detail) => {
    const body = await refusal({ authorization: `Bearer ${await forge(known)}` });

    expect(body).toMatchObject({
      status: 401,
      message: 'Unauthorized',
      detail: expect.stringMatching(detail),
    });
  });

  it.each<[string, (genuine: string) => OutgoingHttpHeaders]>([
    ['missing', () => ({})],
    ['empty', () => ({ authorization: '' })],
    ['a scheme alone', () => ({ authorization: 'Bearer' })],
    ['a scheme and a space', () => ({ authorization: 'Bearer ' })],
    ['of another scheme', (genuine) => ({ authorization: `Basic ${genuine}` })],
    ['two in one header', (genuine) => ({ authorization: `Bearer ${genuine}, Bearer ${genuine}` })],
    ['two words', (genuine) => ({ authorization: `Bearer ${genuine} ${genuine}` })],
    ['in two headers', (genuine) => ({ authorization: [`Bearer ${genuine}`, `Bearer ${genuine}`] as never })],
    ['in another header', (genuine) => ({ 'x-authorization': `Bearer ${genuine}` })],
  ])('is refused that is %s', async (_what, headersOf) => {
    expect(await refusal(headersOf(known.genuine))).toMatchObject({ status: 401, message: 'Unauthorized' });
  });

  it('is refused in the query, where this API does not look', async () => {
    expect(await refusal({}, `/me?authorization=${known.genuine}`)).toMatchObject({ status: 401 });
  });

  it('that is refused never runs the function', async () => {
    const before = gateway.cloud.lines.filter(({ message }) => message === 'ran').length;
    await refusal({ authorization: `Bearer ${await byAnotherKey({ kid: known.kid })}` });

    expect(gateway.cloud.lines.filter(({ message }) => message === 'ran')).toHaveLength(before);
  });
});
