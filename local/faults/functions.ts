import { setTimeout as sleep } from 'node:timers/promises';
import type { Functions, InvokeOptions, InvokeResult } from '../lambda/functions.ts';
import { failed, throttled } from './errors.ts';
import type { Faults, Strike } from './faults.ts';
import { around, type KillProcess } from './process.ts';
import { BATCHES, type FaultKind } from './plan.ts';

const INVOKE: ReadonlySet<FaultKind> = new Set([
  'throttle',
  'error',
  'lost-answer',
  'slow',
  'kill-worker',
  'kill-process',
]);
const BATCH: ReadonlySet<FaultKind> = new Set(['duplicate', 'reorder']);

type Run = (killed?: AbortSignal) => Promise<InvokeResult>;

const suffer = async (run: Run, { fault, draw }: Strike, kill: KillProcess): Promise<InvokeResult> => {
  switch (fault.kind) {
    case 'throttle':
      throw throttled('lambda');
    case 'error':
      throw failed('lambda');
    case 'slow':
      await sleep(fault.delayMs);
      return run();
    case 'kill-worker':
      return run(AbortSignal.timeout(Math.floor(draw * fault.delayMs)));
    case 'kill-process':
      return around(run, draw, kill);
    default:
      await run();
      throw failed('lambda');
  }
};

/** Brings a batch again, or one that was there before, as an event source mapping may after it lost its place. */
const redeliver = async (
  { fault }: Strike,
  result: InvokeResult,
  again: () => Promise<InvokeResult>,
  earlier: (() => Promise<InvokeResult>) | undefined,
): Promise<InvokeResult> => {
  if (fault.kind === 'duplicate') return again();
  await earlier?.();
  return result;
};

/**
 * Functions whose invocations suffer the faults of a plan, whoever invokes. Batches of a stream come in order; a batch may come
 * twice, or an old one once more after a younger one, which is all AWS says may be.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 *
 * @example
 * const functions = functionsWithFaults(startLambda(cloud, options), faults, killProcess);
 */
export const functionsWithFaults = (functions: Functions, faults: Faults, kill: KillProcess): Functions => {
  const before = new Map<string, string>();

  const invokeOne = async (name: string, event: string, options: InvokeOptions): Promise<InvokeResult> => {
    const strike = faults.strike('lambda:Invoke', functions.find(name).name, INVOKE);
    const run: Run = (killed) => functions.invokeText(name, event, killed ? { ...options, killed } : options);
    return strike ? suffer(run, strike, kill) : run();
  };

  const deliver = async (name: string, event: string, options: InvokeOptions): Promise<InvokeResult> => {
    const result = await invokeOne(name, event, options);
    const old = before.get(name);
    before.set(name, event);
    const strike = faults.strike(BATCHES, functions.find(name).name, BATCH);
    if (!strike) return result;
    const run = (text: string) => () => functions.invokeText(name, text, options);
    return redeliver(strike, result, run(event), old === undefined ? undefined : run(old));
  };

  const invokeText: Functions['invokeText'] = async (name, event, options) => {
    if (!faults.active()) return functions.invokeText(name, event, options);
    const invoke = options.source === 'dynamodb-stream' ? deliver : invokeOne;
    return invoke(name, event, options);
  };

  return {
    ...functions,
    invokeText,
    invoke: (name, event, options) => invokeText(name, JSON.stringify(event) ?? 'null', options),
  };
};
