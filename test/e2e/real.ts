import type { Real } from '../model/steps.ts';
import type { Caller, World } from '../model/world.ts';
import { bodyOf, holdTo, servedContract } from './client.ts';
import type { Tailrace } from './tailrace.ts';

type Tokens = Readonly<Record<Exclude<Caller, 'nobody'>, string>>;

const tokensOf = async (tailrace: Tailrace, subjects: World['subjects']): Promise<Tokens> => {
  const person = (caller: Caller, group: string) => tailrace.token(group, subjects[caller]);
  const [ann, bob, cleo, staff, machine] = await Promise.all([
    person('ann', 'customer'),
    person('bob', 'customer'),
    person('cleo', 'visitor'),
    person('staff', 'staff'),
    tailrace.cli('token', '--scope', 'tailrace/orders.read tailrace/products.read'),
  ]);
  return { ann, bob, cleo, staff, machine: machine.stdout.trim() };
};

/** The callers of the model, each with a token, before a whole local cloud. Answers are held to the contract. */
export const realOf = async (tailrace: Tailrace, { subjects }: World): Promise<Real> => {
  const tokens = await tokensOf(tailrace, subjects);
  const contract = await servedContract(tailrace.api)();
  const headersOf = (caller: Caller, json: unknown): Record<string, string> => ({
    ...(caller === 'nobody' ? {} : { authorization: `Bearer ${tokens[caller]}` }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  });
  return {
    start: new Date().toISOString(),
    send: async (caller, { method, path, query = '', headers = {}, json }) => {
      const url = `${tailrace.api}${path}?${query}`;
      const response = await fetch(url, {
        method,
        headers: { ...headersOf(caller, json), ...headers },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
      await holdTo(contract, { method, url }, response);
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await bodyOf(response),
      };
    },
  };
};
