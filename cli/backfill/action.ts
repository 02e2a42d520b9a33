import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ExecutionStatus,
  SFNClient,
  type DescribeExecutionOutput,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { namesOf } from '../../core/deployment.ts';
import { connect, explainAws } from '../connection.ts';
import { UserError } from '../errors.ts';
import { findEntity } from '../find-entity.ts';
import { machineArn, start } from '../refresh/executions.ts';
import { count, counted, print, say, seconds } from '../terminal.ts';
import { readJob } from './job.ts';
import { showProgress } from './progress.ts';

/** What the command line says of a backfill. */
export interface BackfillOptions {
  readonly data: string;
  readonly stage: string;
  readonly rate?: number;
  readonly json?: boolean;
}

const answer = z.union([
  z.object({ status: z.literal('busy'), by: z.string() }),
  z.object({
    status: z.literal('backfilled'),
    entity: z.string(),
    sent: z.int(),
    quarantined: z.int(),
  }),
]);

type Answer = z.infer<typeof answer>;

interface Place {
  readonly states: SFNClient;
  readonly s3: S3Client;
  readonly bucket: string;
  readonly entity: string;
}

const PAUSE_MS = 250;

/** Waits until an execution has ended, and shows how far its job is. */
const follow = async (
  { states, s3, bucket, entity }: Place,
  executionArn: string,
  silent: boolean,
): Promise<DescribeExecutionOutput> => {
  const progress = showProgress(silent);
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  try {
    while (!interrupted.signal.aborted) {
      const execution = await states.send(new DescribeExecutionCommand({ executionArn }));
      const job = await readJob(s3, bucket, entity);
      if (job?.execution === executionArn && job.items !== undefined) progress.update(job);
      if (execution.status !== ExecutionStatus.RUNNING) return execution;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } finally {
    progress.stop();
  }
  throw new UserError('No longer waiting.', `The backfill goes on: "tailrace backfill ${entity}" shows it.`);
};

const parse = ({ status, cause, error, output = '{}' }: DescribeExecutionOutput, entity: string): Answer => {
  if (status === 'SUCCEEDED') return answer.parse(JSON.parse(output));
  throw new UserError(
    `The backfill ended ${status}: ${cause ?? error ?? 'no reason was given'}.`,
    `What is sent stays sent: cure the cause and run "tailrace backfill ${entity}" again. It goes on where this one ended.`,
  );
};

const sentence = (said: Extract<Answer, { status: 'backfilled' }>, milliseconds: number): string => {
  const refused = said.quarantined > 0 ? `, ${count(said.quarantined)} in quarantine` : '';
  return (
    `${said.entity}: ${counted(said.sent, 'row')} sent${refused}, in ${seconds(milliseconds)}. ` +
    'They are in the lake when Firehose has delivered them; "tailrace reconcile" proves it.'
  );
};

const run = async (place: Place, arn: string, { rate, json = false }: BackfillOptions): Promise<void> => {
  const begun = performance.now();
  const input = { entity: place.entity, ...(rate === undefined ? {} : { rate }) };
  const executionArn = await start(place.states, arn, input);
  let said = parse(await follow(place, executionArn, json), place.entity);
  if (said.status === 'busy') {
    say('A backfill runs already. This one ended at once; here is how far that one is.');
    said = parse(await follow(place, said.by, json), place.entity);
  }
  if (said.status === 'busy') throw new UserError('Another backfill has begun.', 'Run the command again.');
  print(json ? JSON.stringify(said) : sentence(said, performance.now() - begun));
};

/** The bucket of the lake that a state machine works in. */
const bucketOf = (arn: string, stage: string): string => {
  const [, , , region = '', account = ''] = arn.split(':');
  return namesOf(stage).bucket(account, region);
};

/** Sends all records of a table to the lake anew, or goes on with it, and shows how far that is. */
export const backfill = async (name: string, options: BackfillOptions): Promise<void> => {
  const entity = await findEntity(name);
  const { client } = await connect(options.data);
  const states = new SFNClient(client);
  try {
    const arn = await machineArn(states, namesOf(options.stage).backfill);
    const bucket = bucketOf(arn, options.stage);
    await run({ states, s3: new S3Client(client), bucket, entity: entity.name }, arn, options);
  } catch (error) {
    throw explainAws(error, options.data);
  }
};
