import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { OpenApiDocument } from '../../core/openapi/document.ts';
import { contractOf, type Contract } from '../contract.ts';
import type { paths } from './contract.ts';

/** A client of the API, typed by its contract. It throws when an answer is not as the contract says. */
export type ApiClient = Client<paths>;

/** What answers are held to: the contract as a running API serves it, read once. */
export const servedContract = (api: string): (() => Promise<Contract>) => {
  let contract: Promise<Contract> | undefined;
  const load = async () => contractOf((await (await fetch(`${api}/openapi.json`)).json()) as OpenApiDocument);
  return () => (contract ??= load());
};

/** The body of an answer, parsed if it is JSON; undefined where there is none. */
export const bodyOf = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (text === '') return undefined;
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
};

/** Problems of requests that no operation of a contract is about. */
const OUTSIDE = /:(no-such-route|method-not-allowed)$/;

/** Throws Error when the answer to a request is not one that the contract describes. */
export const holdTo = async (
  contract: Contract,
  { method, url }: { method: string; url: string },
  response: Response,
): Promise<void> => {
  const { pathname: path, searchParams } = new URL(url);
  const body = await bodyOf(response.clone());
  const headers = Object.fromEntries(response.headers);
  if (method === 'OPTIONS' || OUTSIDE.test((body as { type?: string } | undefined)?.type ?? '')) return;
  const asked = { method, path, fields: searchParams.has('fields') };
  const wrong = contract(asked, { status: response.status, headers, body });
  if (wrong.length > 0) throw new Error(`Against the contract: ${wrong.join('; ')}`);
};

/** A client with a token. */
export const apiClient = (
  api: string,
  token: () => Promise<string>,
  contract: () => Promise<Contract>,
): ApiClient => {
  const client = createClient<paths>({
    baseUrl: api,
    querySerializer: { array: { style: 'form', explode: false } },
  });
  const authorize: Middleware = {
    onRequest: async ({ request }) => {
      request.headers.set('authorization', `Bearer ${await token()}`);
      return request;
    },
  };
  const judge: Middleware = {
    onResponse: async ({ request, response }) => holdTo(await contract(), request, response),
  };
  client.use(authorize, judge);
  return client;
};
