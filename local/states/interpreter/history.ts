import { RUNTIME, StateError } from './errors.ts';

/** One event of an execution's history, as GetExecutionHistory names its fields; `timestamp` in milliseconds. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: number;
  readonly type: string;
  readonly [details: string]: unknown;
}

/** The line of events an event continues. Branches and iterations each have one of their own. */
export interface Chain {
  previous: number;
}

/** Numbers and hands on the events of one execution. */
export interface History {
  /** Adds an event at the end of a chain; throws StateError when the history is full. Gives the event's number. */
  add(chain: Chain, type: string, details?: object): number;
  /** Adds an event that the chain does not continue. */
  aside(chain: Chain, type: string, details?: object): number;
  /** Adds the last event; whatever comes later is dropped. */
  end(chain: Chain, type: string, details?: object): void;
}

/** Step Functions' limit on the events of an execution. */
export const MAX_EVENTS = 25_000;

export const openHistory = (now: () => number, record: (event: HistoryEvent) => void): History => {
  let count = 0;
  let ended = false;
  const write = ({ previous }: Chain, type: string, details: object): number => {
    count += 1;
    record({ id: count, previousEventId: previous, timestamp: now(), type, ...details });
    return count;
  };
  const aside: History['aside'] = (chain, type, details = {}) => {
    if (ended) return count;
    if (count >= MAX_EVENTS - 1)
      throw new StateError(
        RUNTIME,
        `The execution reached the maximum number of history events (${MAX_EVENTS}).`,
      );
    return write(chain, type, details);
  };
  return {
    aside,
    add: (chain, type, details) => (chain.previous = aside(chain, type, details)),
    end: (chain, type, details = {}) => {
      if (!ended) write(chain, type, details);
      ended = true;
    },
  };
};

/** A payload of an event, with the sign that it is whole. */
export const payload = (field: 'input' | 'output', value: unknown): object => ({
  [field]: JSON.stringify(value),
  [`${field}Details`]: { truncated: false },
});
