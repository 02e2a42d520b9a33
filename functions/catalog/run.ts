import { inParallel } from '../shared/parallel.ts';

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

/** A statement to run on Athena, and the table or view it makes. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
}

const MAX_RUNNING = 5;
const FIRST_DELAY = 100;
const MAX_DELAY = 2000;
const RUNNING = new Set(['QUEUED', 'RUNNING']);

const failure = (name: string, reason: string): Error =>
  new Error(`${name} was not made: ${reason}. Correct the cause and deploy again.`);

const finish = async (ports: CatalogPorts, name: string, executionId: string): Promise<ExecutionState> => {
  for (let delay = FIRST_DELAY; ; delay = Math.min(MAX_DELAY, delay * 2)) {
    const execution = await ports.poll(executionId);
    if (!RUNNING.has(execution.state)) return execution;
    if (delay >= ports.remaining())
      throw failure(name, `execution ${executionId} was still ${execution.state} when time ran out`);
    await ports.wait(delay);
  }
};

const runStatement = async (ports: CatalogPorts, { name, sql }: Statement): Promise<void> => {
  const executionId = await ports.start(sql);
  const { state, reason } = await finish(ports, name, executionId);
  if (state !== 'SUCCEEDED') throw failure(name, `${state}: ${reason ?? 'Athena gave no reason'}`);
};

/**
 * Runs lists of statements on Athena: each list in its order, five lists at a time, until each statement has succeeded.
 * Throws Error that names what the first that has not should have made, and Athena's reason.
 *
 * @example
 * await runStatements(ports, [[{ name: 'orders', sql: 'CREATE OR REPLACE VIEW …' }]]);
 */
export const runStatements = async (
  ports: CatalogPorts,
  lists: readonly (readonly Statement[])[],
): Promise<void> => {
  await inParallel(lists, MAX_RUNNING, async (statements) => {
    for (const statement of statements) await runStatement(ports, statement);
  });
};
