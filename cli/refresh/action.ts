import { SFNClient, type DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { namesOf } from '../../core/deployment.ts';
import { connect, explainAws } from '../connection.ts';
import { UserError } from '../errors.ts';
import { stateLine } from '../state-line.ts';
import { counted, print, seconds } from '../terminal.ts';
import { finish, machineArn, start } from './executions.ts';

/** What the command line says of a refresh. */
export interface RefreshOptions {
  readonly data: string;
  readonly stage: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

const busy = z.object({ status: z.literal('busy'), by: z.string().nullable(), since: z.string() });
const refreshed = z.object({
  status: z.literal('refreshed'),
  outcomes: z.array(z.object({ name: z.string(), mart: z.string().optional() })),
});
const answer = z.union([busy, refreshed]);

/** What an execution that succeeded says. */
const parse = ({ output = '{}' }: DescribeExecutionOutput): z.infer<typeof answer> =>
  answer.parse(JSON.parse(output));

const lasted = ({ startDate, stopDate }: DescribeExecutionOutput): string =>
  seconds((stopDate?.getTime() ?? 0) - (startDate?.getTime() ?? 0));

/** What was done, in figures: tables of entities, and marts that were made anew. */
const done = ({ outcomes }: z.infer<typeof refreshed>): string => {
  const marts = outcomes.filter(({ mart }) => mart !== undefined);
  const built = marts.filter(({ mart }) => mart === 'built');
  const tables = counted(outcomes.length - marts.length, 'table');
  return `${tables} merged and published, ${built.length} of ${counted(marts.length, 'mart')} made anew`;
};

const sentence = (execution: DescribeExecutionOutput): string => {
  const said = parse(execution);
  return said.status === 'busy'
    ? `A refresh runs already, since ${said.since}. This one ended at once; nothing was done twice.`
    : `The lake is refreshed: ${done(said)}, in ${lasted(execution)}.`;
};

const failure = ({ status, cause, error }: DescribeExecutionOutput): UserError =>
  new UserError(
    `The refresh ended ${status}: ${cause ?? error ?? 'no reason was given'}.`,
    'Nothing is lost: cure the cause and run "tailrace refresh" again. It goes on where this one ended.',
  );

const wait = async (client: SFNClient, executionArn: string): Promise<DescribeExecutionOutput> => {
  const interrupted = new AbortController();
  const state = stateLine();
  process.once('SIGINT', () => interrupted.abort());
  try {
    return await finish(client, executionArn, { onState: state.show, signal: interrupted.signal });
  } finally {
    state.clear();
  }
};

const run = async (client: SFNClient, { stage, wait: isAwaited, json }: RefreshOptions): Promise<void> => {
  const executionArn = await start(client, await machineArn(client, namesOf(stage).refresh));
  if (!isAwaited) return print(json ? JSON.stringify({ executionArn }) : `Started ${executionArn}`);
  const execution = await wait(client, executionArn);
  if (execution.status !== 'SUCCEEDED') throw failure(execution);
  print(json ? JSON.stringify({ executionArn, ...parse(execution) }) : sentence(execution));
};

/** Merges what the logs have, waits if that is asked for, and prints what came of it. */
export const refresh = async (options: RefreshOptions): Promise<void> => {
  const { client } = await connect(options.data);
  try {
    await run(new SFNClient(client), options);
  } catch (error) {
    throw explainAws(error, options.data);
  }
};
