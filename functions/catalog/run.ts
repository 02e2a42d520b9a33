import { inParallel } from '../shared/parallel.ts';
import type { ViewStatement } from './views.ts';

/** State of one Athena execution. `reason` is there when it did not succeed. */
export interface ExecutionState {
  readonly state: string;
  readonly reason: string | undefined;
}

/** What the catalogue needs of Athena, and of the clock. Times in milliseconds. */
export interface CatalogPorts {
  readonly start: (sql: string) => Promise<string>;
  readonly poll: (executionId: string) => Promise<ExecutionState>;
  readonly wait: (delay: number) => Promise<unknown>;
  readonly remaining: () => number;
}

const MAX_RUNNING = 5;
const FIRST_DELAY = 100;
const MAX_DELAY = 2000;
const RUNNING = new Set(['QUEUED', 'RUNNING']);

const failure = (view: string, reason: string): Error =>
  new Error(`The view ${view} was not made: ${reason}. Correct the cause and deploy again.`);

const finish = async (ports: CatalogPorts, view: string, executionId: string): Promise<ExecutionState> => {
  for (let delay = FIRST_DELAY; ; delay = Math.min(MAX_DELAY, delay * 2)) {
    const execution = await ports.poll(executionId);
    if (!RUNNING.has(execution.state)) return execution;
    if (delay >= ports.remaining())
      throw failure(view, `execution ${executionId} was still ${execution.state} when time ran out`);
    await ports.wait(delay);
  }
};

const runStatement = async (ports: CatalogPorts, { view, sql }: ViewStatement): Promise<void> => {
  const executionId = await ports.start(sql);
  const { state, reason } = await finish(ports, view, executionId);
  if (state !== 'SUCCEEDED') throw failure(view, `${state}: ${reason ?? 'Athena gave no reason'}`);
};

/**
 * Runs view statements on Athena, five at a time, until each has succeeded. Throws Error that names the view and
 * Athena's reason for the first that has not. Statements replace views, so running them again does no harm.
 *
 * @example
 * await runStatements(ports, viewStatements('dev', entitiesOf(schemas)));
 */
export const runStatements = async (
  ports: CatalogPorts,
  statements: readonly ViewStatement[],
): Promise<void> => {
  await inParallel(statements, MAX_RUNNING, (statement) => runStatement(ports, statement));
};
