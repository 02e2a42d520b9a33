import { runStatements } from '../refresh/statements.ts';
import { athena, step, type RefreshSettings, type State } from '../refresh/tasks.ts';

/** What the state machine needs to know of the deployment, the function that seals what was given up too. */
export interface EraseSettings extends RefreshSettings {
  readonly sweepArn: string;
}

const SUBJECT = { subject: '{% $subject %}' };
const TRIES = { ...SUBJECT, tries: '{% $turn %}' };

/** Goes one way when a step says that it is done, and another, one try more, when it is not. */
const whenDone = (next: string, otherwise: string, assign: State = {}): State => ({
  Type: 'Choice',
  Choices: [{ Condition: '{% $states.input.isDone %}', Assign: { turn: 0 }, Next: next }],
  Assign: { turn: '{% $turn + 1 %}', ...assign },
  Default: otherwise,
});

const pause = (next: string): State => ({
  Type: 'Wait',
  Seconds: '{% $states.input.seconds %}',
  Next: next,
});

/** Batches that event source mappings gave up lie in the bucket in clear, until this has sealed them. */
const sweep = ({ sweepArn }: EraseSettings, next: string): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: sweepArn },
  Output: '{% {} %}',
  Next: next,
});

/** The key and the records, until none is left. */
const records = (settings: EraseSettings) => ({
  Begin: step(
    settings,
    'begin',
    { subject: '{% $states.input.subject %}' },
    {
      Assign: { subject: '{% $states.input.subject %}', turn: 0 },
      Next: 'Is known',
    },
  ),
  'Is known': {
    Type: 'Choice',
    Choices: [{ Condition: "{% $states.input.status = 'unknown' %}", Next: 'Unknown' }],
    Default: 'Records',
  },
  Unknown: { Type: 'Succeed' },
  Records: step(settings, 'records', SUBJECT, { Next: 'Are records gone' }),
  'Are records gone': whenDone('Await', 'Records'),
});

/** Until the lake has merged what was written, so that no row comes after its columns are cleared. */
const arrival = (settings: EraseSettings) => ({
  Await: step(settings, 'await', TRIES, { Next: 'Is merged' }),
  'Is merged': whenDone('Sweep', 'Pause', {
    question: '{% $states.input.sql %}',
    positions: '{% $states.input.positions %}',
  }),
  Pause: pause('Probe'),
  Probe: athena(settings, '{% $question %}', { Next: 'Arrived' }),
  Arrived: step(
    settings,
    'arrived',
    { ...SUBJECT, positions: '{% $positions %}', query: '{% $states.input.QueryExecutionId %}' },
    { Next: 'Is progress' },
  ),
  'Is progress': {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.isProgress %}', Assign: { turn: 0 }, Next: 'Await' }],
    Default: 'Await',
  },
});

/** The rows of the lake, and what is made of them. */
const lake = (settings: EraseSettings) => ({
  Sweep: sweep(settings, 'Quarantine'),
  Quarantine: step(settings, 'quarantine', SUBJECT, { Next: 'Lake' }),
  Lake: step(settings, 'lake', SUBJECT, {
    Assign: { expire: '{% $states.result.Payload.expire %}' },
    Next: 'Clear',
  }),
  ...runStatements(settings, 'Clear', 'Age'),
  /** Snapshots are removed that are older than a second. */
  Age: { Type: 'Wait', Seconds: 2, Output: { statements: '{% $expire %}' }, Next: 'Expire' },
  ...runStatements(settings, 'Expire', 'Cleared'),
  Cleared: step(settings, 'cleared', SUBJECT, { Next: 'Marts' }),
  Marts: step(settings, 'marts', TRIES, { Next: 'Are marts made' }),
  'Are marts made': whenDone('Report', 'Pause for marts'),
  'Pause for marts': pause('Marts'),
});

/**
 * The state machine of an erasure, in Amazon States Language with JSONata. Its input is `{ "subject": "c1" }`. Each state may be
 * done again: an execution that was stopped is followed by another one, which comes to the same.
 *
 * @example
 * eraseDefinition({ functionArn, sweepArn, workgroup: 'tailrace-dev-refresh', database: 'tailrace_dev' }).StartAt // Begin
 */
export const eraseDefinition = (settings: EraseSettings) => ({
  Comment: 'Erases a person: key, records, rows of the lake, marts; and says so in a signed report',
  QueryLanguage: 'JSONata',
  StartAt: 'Begin',
  States: {
    ...records(settings),
    ...arrival(settings),
    ...lake(settings),
    Report: step(settings, 'report', SUBJECT, { Next: 'Is anything left' }),
    'Is anything left': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.isDone %}', Next: 'Erased' }],
      Default: 'Records',
    },
    Erased: { Type: 'Succeed' },
  },
});
