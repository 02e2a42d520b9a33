import { RUNTIME, StateError } from '../interpreter/errors.ts';
import type { TaskCall } from '../interpreter/run.ts';
import { isObject, type Json } from '../json.ts';
import { athenaActions } from './athena.ts';
import { awsSdk } from './aws-sdk.ts';
import { argumentsProblem, type Integration } from './integration.ts';
import { lambdaInvoke } from './lambda.ts';
import { nestedActions } from './nested.ts';
import type { TaskCaller } from './caller.ts';

const PREFIX = 'arn:aws:states:::';

const OPTIMISED: Readonly<Record<string, Readonly<Record<string, Integration>>>> = {
  lambda: { invoke: lambdaInvoke },
  athena: athenaActions,
  states: nestedActions,
};

/** The integration of a resource, or why the local cloud has none. */
const integrationOf = (resource: string): Integration | string => {
  if (resource.startsWith('arn:aws:lambda:'))
    return `the local cloud calls functions as ${PREFIX}lambda:invoke only`;
  if (!resource.startsWith(PREFIX)) return `the local cloud does not run the resource ${resource}`;
  const [service = '', ...rest] = resource.slice(PREFIX.length).split(':');
  if (service === 'aws-sdk') return awsSdk(rest[0] ?? '', rest.slice(1).join(':'));
  const actions = OPTIMISED[service] ?? {};
  const action = rest.join(':');
  if (Object.hasOwn(actions, action)) return actions[action] as Integration;
  const known = Object.entries(OPTIMISED).flatMap(([name, all]) =>
    Object.keys(all).map((one) => `${name}:${one}`),
  );
  return `the local cloud does not run the resource ${resource}; it has aws-sdk, ${known.join(', ')}`;
};

/** Why a Task cannot be run, or undefined. */
export const taskProblem = (resource: string, parameters: unknown): string | undefined => {
  const integration = integrationOf(resource);
  return typeof integration === 'string' ? integration : argumentsProblem(integration, parameters);
};

/** Whoever sees neither answer nor error of a service sees this. */
const unanswered = (prefix: string, error: unknown): StateError =>
  new StateError(`${prefix}.SdkClientException`, error instanceof Error ? error.message : String(error));

/** Makes the call of a Task in the name of a role; throws StateError when it fails. */
export const callTask = async (caller: TaskCaller, call: TaskCall): Promise<Json> => {
  const integration = integrationOf(call.resource);
  const problem = taskProblem(call.resource, call.parameters);
  if (typeof integration === 'string' || problem !== undefined || !isObject(call.parameters))
    throw new StateError(RUNTIME, problem ?? 'Arguments must be an object');
  try {
    return await integration.call(caller, call, call.parameters);
  } catch (error) {
    throw error instanceof StateError ? error : unanswered(integration.prefix, error);
  }
};
