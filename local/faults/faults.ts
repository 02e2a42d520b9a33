import { hash } from 'node:crypto';
import type { Cloud } from '../service.ts';
import type { Fault, FaultKind, FaultPlan } from './plan.ts';

/** A fault that strikes a call. */
export interface Strike {
  readonly fault: Fault;
  /** From 0 up to 1, of the seed: decides what else is left to chance. */
  readonly draw: number;
}

/** What a plan has done so far: how many calls each fault could have struck, and how many it struck. */
export interface FaultReport {
  readonly seed: number;
  readonly faults: readonly (Fault & { readonly called: number; readonly struck: number })[];
}

/** The faults of a local cloud. */
export interface Faults {
  /** Whether there is a plan: without one nothing else needs to be asked. */
  readonly active: () => boolean;
  /** Replaces the plan; its calls are counted from 1. */
  readonly set: (plan: FaultPlan | undefined) => void;
  /** What strikes the next call of an operation, of the kinds its caller can do. */
  readonly strike: (operation: string, of: string, kinds: ReadonlySet<FaultKind>) => Strike | undefined;
  readonly report: () => FaultReport;
}

interface Counted {
  readonly fault: Fault;
  readonly fits: (of: string) => boolean;
  called: number;
  struck: number;
}

const MOST = 2 ** 32;

/** A number from 0 up to 1 that depends on the parts alone: whatever runs beside it, a replay decides the same. */
const drawOf = (...parts: readonly (number | string)[]): number =>
  Number.parseInt(hash('sha256', parts.join(' ')).slice(0, 8), 16) / MOST;

const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => RegExp.escape(part))
      .join('.*')}$`,
    's',
  );

const counted = (fault: Fault): Counted => {
  const glob = 'of' in fault && fault.of !== undefined ? globOf(fault.of) : undefined;
  return { fault, fits: (of) => glob?.test(of) ?? true, called: 0, struck: 0 };
};

const isOn = ({ on }: Fault, operation: string): boolean =>
  on === operation || (on.endsWith('*') && operation.startsWith(on.slice(0, -1)));

const isDue = ({ fault, called, struck }: Counted, draw: number): boolean => {
  if (fault.limit !== undefined && struck >= fault.limit) return false;
  return fault.calls?.includes(called) ?? draw < (fault.probability ?? 0);
};

/**
 * The faults of a local cloud, none at first. Each fault counts its calls by itself, and decides by seed, place in the plan and
 * count: the same calls are struck in every run. Of several that are due at once the first strikes.
 *
 * @example
 * const faults = createFaults(cloud.log);
 * faults.set(parseFaultPlan(text));
 * faults.strike('firehose:PutRecordBatch', callerArn, new Set(['throttle']));
 */
export const createFaults = (log: Cloud['log']): Faults => {
  let seed = 0;
  let rules: readonly Counted[] = [];

  const tell = ({ fault, called, struck }: Counted, number: number, operation: string): void =>
    log(
      'warn',
      'faults',
      `seed ${seed}, fault ${number}: ${fault.kind} of ${operation}, call ${called}, strike ${struck}`,
    );

  return {
    active: () => rules.length > 0,
    set: (plan) => {
      seed = plan?.seed ?? 0;
      rules = (plan?.faults ?? []).map(counted);
    },
    strike: (operation, of, kinds) => {
      let strike: Strike | undefined;
      for (const [number, rule] of rules.entries()) {
        const { fault } = rule;
        if (!kinds.has(fault.kind) || !isOn(fault, operation) || !rule.fits(of)) continue;
        rule.called += 1;
        if (strike || !isDue(rule, drawOf(seed, number, rule.called))) continue;
        rule.struck += 1;
        strike = { fault, draw: drawOf(seed, number, rule.called, 'how') };
        tell(rule, number, operation);
      }
      return strike;
    },
    report: () => ({
      seed,
      faults: rules.map(({ fault, called, struck }) => ({ ...fault, called, struck })),
    }),
  };
};
