import { AthenaClient } from '@aws-sdk/client-athena';
import { namesOf } from '../../core/deployment.ts';
import { connect, explainAws, type ClientConfig } from '../connection.ts';
import { UserError } from '../errors.ts';
import { stateLine } from '../state-line.ts';
import { ask, type Answer } from './athena.ts';

/** Which lake: of a local cloud's folder, or of AWS, and of which deployment. */
export interface LakeOptions {
  readonly data: string;
  readonly stage: string;
}

/** A lake that questions are put to. */
export interface Session extends LakeOptions {
  readonly client: ClientConfig;
  readonly database: string;
  /** Throws UserError with Athena's reason when the question fails. */
  readonly ask: (sql: string, signal: AbortSignal) => Promise<Answer>;
}

const explain = (error: unknown, data: string): unknown =>
  error instanceof Error && error.name === 'InvalidRequestException'
    ? new UserError(error.message, '')
    : explainAws(error, data);

/** Finds the lake; each question shows its state on the terminal while it runs. */
export const openSession = async ({ data, stage }: LakeOptions): Promise<Session> => {
  const { client } = await connect(data);
  const { database, workgroup } = namesOf(stage);
  const athena = new AthenaClient(client);
  return {
    data,
    stage,
    client,
    database,
    ask: async (sql, signal) => {
      const state = stateLine();
      try {
        return await ask(athena, { sql, database, workgroup, onState: state.show, signal });
      } catch (error) {
        throw explain(error, data);
      } finally {
        state.clear();
      }
    },
  };
};

/** Does some work that Ctrl-C aborts. */
export const untilInterrupted = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt);
  try {
    return await work(interrupted.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
};
