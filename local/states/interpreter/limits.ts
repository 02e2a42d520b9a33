import { sizeOf, type Json } from '../json.ts';
import { DATA_LIMIT, StateError } from './errors.ts';
import type { Frame, Scope } from './run.ts';

/** Step Functions' limit on a payload, in bytes of UTF-8. */
export const MAX_PAYLOAD = 262_144;

/** Step Functions' limit on all variables of an execution, in bytes. */
const MAX_VARIABLES = 10 * 1024 * 1024;

/** Throws StateError when a state or task hands on more than Step Functions lets it. */
export const checkPayload = (value: Json, of: string): void => {
  if (sizeOf(value) <= MAX_PAYLOAD) return;
  throw new StateError(
    DATA_LIMIT,
    `The state/task '${of}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
};

/**
 * Assigns variables in a frame's own scope. Throws StateError when they are too large.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#limits-for-variables
 */
export const assignVariables = (
  { run, scope }: Frame,
  values: Readonly<Record<string, Json>>,
  state: string,
): void => {
  checkPayload(values, state);
  for (const [name, value] of Object.entries(values)) {
    const before = scope.own.get(name);
    run.variables.bytes += sizeOf(value) - (before === undefined ? 0 : sizeOf(before));
    scope.own.set(name, value);
  }
  if (run.variables.bytes > MAX_VARIABLES)
    throw new StateError(
      DATA_LIMIT,
      `The variables exceed the limit of ${MAX_VARIABLES} bytes in state '${state}'.`,
    );
};

/** Forgets the variables of a scope that has ended. */
export const dropScope = ({ run, scope }: Frame): void => {
  for (const value of scope.own.values()) run.variables.bytes -= sizeOf(value);
  scope.own.clear();
};

/** Every variable a scope sees. */
export const visibleVariables = (scope: Scope | undefined): Record<string, Json> =>
  scope ? { ...visibleVariables(scope.outer), ...Object.fromEntries(scope.own) } : {};
