import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient, type DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { namesOf } from '../../core/deployment.ts';
import { signedSchema, type SignedReport } from '../../core/privacy/erasure.ts';
import { isSubject } from '../../core/privacy/subject.ts';
import { connect, explainAws, type ClientConfig } from '../connection.ts';
import { UserError } from '../errors.ts';
import { openBucket } from '../lake/bucket.ts';
import { finish, machineArn, start } from '../refresh/executions.ts';
import { untilInterrupted } from '../query/session.ts';
import { stateLine } from '../state-line.ts';
import { counted, print } from '../terminal.ts';
import { readReport, requireSigned } from './verify.ts';

/** What the command line says of an erasure. */
export interface EraseOptions {
  readonly data: string;
  readonly stage: string;
  readonly wait: boolean;
  readonly verify?: string;
  readonly json?: boolean;
}

const answer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('unknown') }),
  z.object({ status: z.literal('erased'), signed: signedSchema }),
]);

/** A report as people read it: what was done where. */
const toLines = ({ report, keyId }: SignedReport): string[] => [
  `${report.subject} is erased.`,
  `  key        destroyed ${report.keyDestroyedAt}; what is sealed under it cannot be read any more`,
  ...report.records.map(
    ({ entity, deleted, anonymised }) =>
      `  records    ${entity}: ${counted(deleted, 'record')} deleted, ${counted(anonymised, 'record')} anonymised`,
  ),
  ...report.lake.map(({ table, cleared, kept }) =>
    [
      `  lake       ${table}:`,
      ...(cleared.length > 0 ? [`NULL in ${cleared.join(', ')}`] : []),
      ...(kept.length > 0 ? [`kept as it is sealed in ${kept.join(', ')}`] : []),
    ].join(' '),
  ),
  ...(report.unseen > 0
    ? [`  lake       ${counted(report.unseen, 'change')} did not arrive in time: erase again when they did`]
    : []),
  `  quarantine ${counted(report.quarantined.removed, 'object')} removed`,
  `  marts      made anew: ${report.marts.rebuilt.join(', ') || 'none'}`,
  ...(report.marts.pending.length > 0
    ? [`             not yet: ${report.marts.pending.join(', ')}; "tailrace refresh" says why`]
    : []),
  ...report.remains.map(({ where, what, until }) => `  remains    ${where}: ${what}, ${until}`),
  `  finished   ${report.finishedAt}; signed with ${keyId}`,
];

const messageSchema = z.looseObject({ errorMessage: z.string() });

/** Of a function that failed the cause is a whole description, as JSON. */
const reasonOf = ({ cause, error }: DescribeExecutionOutput): string => {
  try {
    return messageSchema.parse(JSON.parse(cause ?? '')).errorMessage;
  } catch {
    return cause ?? error ?? 'no reason was given';
  }
};

const failure = (execution: DescribeExecutionOutput, subject: string): UserError =>
  new UserError(
    `The erasure ended ${execution.status}: ${reasonOf(execution)}.`,
    `What was done stays done: cure the cause and run "tailrace erase ${subject}" again. It goes on where this one ended.`,
  );

const LATER = 'The erasure goes on: run the command again to see its report.';

const wait = async (client: SFNClient, executionArn: string): Promise<DescribeExecutionOutput> => {
  const state = stateLine();
  try {
    return await untilInterrupted((signal) =>
      finish(client, executionArn, { onState: state.show, signal, later: LATER }),
    );
  } finally {
    state.clear();
  }
};

const run = async (client: SFNClient, subject: string, options: EraseOptions): Promise<void> => {
  const { stage, wait: isAwaited, json } = options;
  const machine = await machineArn(client, namesOf(stage).erase);
  const executionArn = await start(client, machine, { subject });
  if (!isAwaited) return print(json ? JSON.stringify({ executionArn }) : `Started ${executionArn}`);
  const execution = await wait(client, executionArn);
  if (execution.status !== 'SUCCEEDED') throw failure(execution, subject);
  const said = answer.parse(JSON.parse(execution.output ?? '{}'));
  if (said.status === 'unknown')
    throw new UserError(
      `Nothing is known of "${subject}": no record is theirs, and no key was ever made.`,
      'Name the identifier of the person, such as the id of a customer.',
    );
  print(json ? JSON.stringify(said.signed) : toLines(said.signed).join('\n'));
};

const verify = async (client: ClientConfig, path: string, { stage, json }: EraseOptions): Promise<void> => {
  const signed = await readReport(path);
  const { Account = '' } = await new STSClient(client).send(new GetCallerIdentityCommand({}));
  const region = await new S3Client(client).config.region();
  await requireSigned(openBucket(client, namesOf(stage).bucket(Account, region)), signed);
  const { subject, finishedAt } = signed.report;
  print(
    json
      ? JSON.stringify({ verified: true, subject, finishedAt, keyId: signed.keyId })
      : `The report is as it was signed: ${subject} was erased, ${finishedAt}.`,
  );
};

/** Erases a person, or verifies a report, and prints what came of it. */
export const erase = async (subject: string | undefined, options: EraseOptions): Promise<void> => {
  const { client } = await connect(options.data);
  try {
    if (options.verify !== undefined) return await verify(client, options.verify, options);
    if (!isSubject(subject))
      throw new UserError('Nobody is named.', 'Say whom to erase: tailrace erase <subject>.');
    await run(new SFNClient(client), subject, options);
  } catch (error) {
    throw explainAws(error, options.data);
  }
};
