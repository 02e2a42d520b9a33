import { setImmediate } from 'node:timers/promises';
import type jsonata from 'jsonata';

/** What one evaluation has cost so far; it is known by the time it began. */
interface Effort {
  steps: number;
  depth: number;
}

const efforts = new WeakMap<Date, Effort>();

const MAX_MS = 10_000;
const MAX_DEPTH = 2000;
const STEPS_IN_A_TURN = 5000;

const effortOf = ({ timestamp }: jsonata.Environment): Effort => {
  const effort = efforts.get(timestamp) ?? { steps: 0, depth: 0 };
  efforts.set(timestamp, effort);
  return effort;
};

const enter = async (_node: unknown, _input: unknown, environment: jsonata.Environment): Promise<void> => {
  const effort = effortOf(environment);
  effort.steps += 1;
  effort.depth += 1;
  if (effort.depth > MAX_DEPTH) throw new Error(`It calls itself more than ${MAX_DEPTH} steps deep.`);
  if (effort.steps % STEPS_IN_A_TURN !== 0) return;
  if (Date.now() - environment.timestamp.getTime() > MAX_MS)
    throw new Error(`It takes more than the ${MAX_MS / 1000} seconds the local cloud gives it.`);
  await setImmediate();
};

const exit = (_node: unknown, _input: unknown, environment: jsonata.Environment): void => {
  effortOf(environment).depth -= 1;
};

/** Bounds what evaluating an expression may cost, and lets others run in between: one that never ends must not hold up all. */
export const bounded = (expression: jsonata.Expression): jsonata.Expression => {
  const hooks = {
    entry: Symbol.for('jsonata.__evaluate_entry'),
    exit: Symbol.for('jsonata.__evaluate_exit'),
  };
  const hooked = expression as unknown as { assign(name: symbol, value: unknown): void };
  hooked.assign(hooks.entry, enter);
  hooked.assign(hooks.exit, exit);
  return expression;
};
