import type { TaskCall } from '../interpreter/run.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { TaskCaller } from './caller.ts';

/** How a Task calls a service: one for each resource. */
export interface Integration {
  /** The prefix of its errors: `Athena`. */
  readonly prefix: string;
  /** Fields of Arguments, those that must be there first. Undefined where the service checks them itself. */
  readonly fields?: { readonly required: readonly string[]; readonly optional: readonly string[] };
  /** Calls the service in the name of a role; throws StateError when it fails. */
  call(caller: TaskCaller, call: TaskCall, parameters: JsonObject): Promise<Json>;
}

/** What is wrong with Arguments, or undefined. Those that one expression makes are known only when it is evaluated. */
export const argumentsProblem = ({ fields }: Integration, parameters: unknown): string | undefined => {
  if (typeof parameters === 'string') return undefined;
  const given = parameters ?? {};
  if (!isObject(given)) return 'Arguments must be an object';
  if (!fields) return undefined;
  const missing = fields.required.find((name) => given[name] === undefined);
  if (missing !== undefined) return `Arguments needs ${missing}`;
  const known = [...fields.required, ...fields.optional];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  return unknown === undefined
    ? undefined
    : `Arguments has ${unknown}, which the local cloud does not hand on; it knows ${known.join(', ')}`;
};
