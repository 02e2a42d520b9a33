import { SFNClient, type DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { namesOf } from '../../core/deployment.ts';
import { connect, explainAws } from '../connection.ts';
import { EXIT } from '../errors.ts';
import { findEntity } from '../find-entity.ts';
import { finish, machineArn, start } from '../refresh/executions.ts';
import { stateLine } from '../state-line.ts';
import { print, say } from '../terminal.ts';
import { comparisonText } from './format.ts';
import { comparison } from './outcome.ts';

/** What the command line says of a comparison. */
export interface ReconcileOptions {
  readonly data: string;
  readonly stage: string;
  readonly deep?: boolean;
  readonly repair?: boolean;
  readonly patience?: number;
  readonly json?: boolean;
}

/** The local cloud delivers within seconds, where AWS takes minutes. */
const LOCAL_PATIENCE = 5;

const inputOf = (entity: string | undefined, options: ReconcileOptions, isLocal: boolean) => {
  const patience = options.patience ?? (isLocal ? LOCAL_PATIENCE : undefined);
  return {
    ...(entity === undefined ? {} : { entities: [entity] }),
    deep: options.deep ?? false,
    repair: options.repair ?? false,
    ...(patience === undefined ? {} : { patience }),
  };
};

const LATER = 'The comparison goes on: its verdict will be in the lake bucket, below reconcile/.';

const wait = async (client: SFNClient, executionArn: string): Promise<DescribeExecutionOutput> => {
  const interrupted = new AbortController();
  const state = stateLine();
  process.once('SIGINT', () => interrupted.abort());
  try {
    return await finish(client, executionArn, {
      onState: state.show,
      signal: interrupted.signal,
      later: LATER,
    });
  } finally {
    state.clear();
  }
};

const failed = ({ status, cause, error }: DescribeExecutionOutput): void => {
  say(`error: The comparison ended ${status}: ${cause ?? error ?? 'no reason was given'}.`);
  say('It says nothing of table and lake. Cure the cause and run it again.');
  process.exitCode = EXIT.undecided;
};

const report = (execution: DescribeExecutionOutput, json: boolean): void => {
  const said = comparison.parse(JSON.parse(execution.output ?? '{}'));
  print(json ? JSON.stringify(said) : comparisonText(said));
  process.exitCode = said.status === 'equal' ? EXIT.done : EXIT.different;
};

/** Compares, prints what differs, and ends with exit code 0 when nothing does, 1 when something does, 2 when nobody knows. */
export const reconcile = async (entity: string | undefined, options: ReconcileOptions): Promise<void> => {
  const name = entity === undefined ? undefined : (await findEntity(entity)).name;
  const { client: config, local } = await connect(options.data);
  const client = new SFNClient(config);
  try {
    const arn = await machineArn(client, namesOf(options.stage).reconcile);
    const executionArn = await start(client, arn, inputOf(name, options, local !== undefined));
    const execution = await wait(client, executionArn);
    if (execution.status === 'SUCCEEDED') report(execution, options.json ?? false);
    else failed(execution);
  } catch (error) {
    throw explainAws(error, options.data);
  }
};
