import { exportStates, type ExportSettings } from '../export/states.ts';
import { runStatements } from '../refresh/statements.ts';
import { guarded, REASON, step, type RefreshSettings, type States } from '../refresh/tasks.ts';

/** What the state machine needs to know of the deployment. ARNs and names may be tokens. */
export interface BackfillSettings extends RefreshSettings, ExportSettings {}

const JOB = { entity: '{% $entity %}', run: '{% $run %}' };

/** Takes the job and makes tables anew that were lost. */
const begin = (settings: BackfillSettings): States => ({
  Begin: step(
    settings,
    'begin',
    {
      execution: '{% $states.context.Execution.Id %}',
      input: "{% $sift($states.input, function($value, $name) { $name in ['entity', 'rate'] }) %}",
    },
    { Next: 'Is ours' },
  ),
  'Is ours': {
    Type: 'Choice',
    Choices: [{ Condition: "{% $states.input.status = 'busy' %}", Next: 'Busy' }],
    Assign: {
      entity: '{% $states.input.entity %}',
      run: '{% $states.input.run %}',
      isExported: '{% $states.input.isExported %}',
    },
    Default: 'Make tables',
  },
  ...runStatements(settings, 'Make tables', 'Has export'),
  'Has export': {
    Type: 'Choice',
    Choices: [{ Condition: '{% $isExported %}', Next: 'Emit' }],
    Default: 'Export',
  },
});

/** Sends the exported items, an invocation after the other. */
const send = (settings: BackfillSettings): States => ({
  Plan: step(settings, 'plan', { ...JOB, manifest: '{% $manifest %}' }, { Next: 'Emit' }),
  Emit: step(settings, 'emit', JOB, {
    Retry: [
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxAttempts: 8,
        MaxDelaySeconds: 120,
        JitterStrategy: 'FULL',
      },
    ],
    Next: 'Is sent',
  }),
  'Is sent': {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.isDone %}', Next: 'End' }],
    Default: 'Emit',
  },
  End: step(settings, 'end', JOB, { Next: 'Backfilled' }),
});

/**
 * The state machine that sends a table to the lake anew, in Amazon States Language with JSONata. How far it is is kept in the lake
 * bucket: an execution goes on where one that was killed ended.
 *
 * @example
 * backfillDefinition(settings).StartAt // Begin
 */
export const backfillDefinition = (settings: BackfillSettings) => ({
  Comment: 'Sends every record of a table to the lake, as it is',
  QueryLanguage: 'JSONata',
  StartAt: 'Begin',
  States: {
    ...guarded(
      {
        ...begin(settings),
        ...exportStates(settings, { next: 'Plan', failed: 'Failed' }),
        ...send(settings),
      },
      'Failed',
    ),
    Busy: { Type: 'Succeed' },
    Backfilled: { Type: 'Succeed' },
    Failed: { Type: 'Fail', Error: 'BackfillFailed', Cause: `{% ${REASON} %}` },
  },
});
