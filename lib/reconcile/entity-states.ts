import { exportStates, type ExportSettings } from '../export/states.ts';
import {
  athena,
  guarded,
  REASON,
  step,
  type RefreshSettings,
  type State,
  type States,
} from '../refresh/tasks.ts';

/** What the state machine needs to know of the deployment. ARNs and names may be tokens. */
export interface ReconcileSettings extends RefreshSettings, ExportSettings {
  /** The function that sends rows of the lake anew. */
  readonly backfillArn: string;
}

const SUBJECT = { entity: '{% $entity %}', manifest: '{% $manifest %}', deep: '{% $deep %}' };

/** Invocations that read data files at once. */
const AT_ONCE = 20;

/** A step for each chunk of the export. */
const eachChunk = (
  settings: ReconcileSettings,
  name: string,
  more: Readonly<Record<string, unknown>>,
  next: string,
): State => ({
  Type: 'Map',
  Items: '{% $chunks %}',
  ItemSelector: { chunk: '{% $states.context.Map.Item.Value %}' },
  MaxConcurrency: AT_ONCE,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: `${name} a chunk`,
    States: {
      [`${name} a chunk`]: step(
        settings,
        name,
        { ...SUBJECT, chunk: '{% $states.input.chunk %}', ...more },
        { Output: '{% {} %}', End: true },
      ),
    },
  },
  Output: '{% {} %}',
  Next: next,
});

const CHUNKS = '{% $count($chunks) %}';

/** Sums of both sides, bucket by bucket. */
const sums = (settings: ReconcileSettings): States => ({
  Plan: step(settings, 'plan', SUBJECT, {
    Assign: { chunks: '{% $states.result.Payload.chunks %}', sql: '{% $states.result.Payload.sql %}' },
    Next: 'Digest',
  }),
  Digest: eachChunk(settings, 'digest', {}, 'Ask for sums'),
  'Ask for sums': athena(settings, '{% $sql %}', { Next: 'Compare' }),
  Compare: step(
    settings,
    'compare',
    { ...SUBJECT, chunks: CHUNKS, query: '{% $states.input.QueryExecutionId %}' },
    { Next: 'Is equal' },
  ),
  'Is equal': {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.isEqual %}', Next: 'Verdict' }],
    Assign: { buckets: '{% $states.input.buckets %}', sql: '{% $states.input.sql %}', looks: 0 },
    Default: 'Collect',
  },
});

/** Keys of the buckets that differ, looked at until each is known to differ or not to. */
const keys = (settings: ReconcileSettings): States => ({
  Collect: eachChunk(settings, 'collect', { buckets: '{% $buckets %}' }, 'Ask for rows'),
  'Ask for rows': athena(settings, '{% $sql %}', { Next: 'Look' }),
  Look: step(
    settings,
    'look',
    {
      ...SUBJECT,
      chunks: CHUNKS,
      query: '{% $states.input.QueryExecutionId %}',
      asked: '{% $states.input.Status.SubmissionDateTime %}',
      patience: '{% $patience %}',
      looks: '{% $looks %}',
    },
    { Next: 'Is known' },
  ),
  'Is known': {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.isDone %}', Next: 'Verdict' }],
    Assign: { sql: '{% $states.input.sql %}', looks: '{% $states.input.looks %}' },
    Default: 'Wait',
  },
  Wait: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', Next: 'Ask for rows' },
});

/** Sends what differs anew, once, and then compares from the beginning: the next verdict is the proof. */
const mend = (settings: ReconcileSettings): States => ({
  'Is to repair': {
    Type: 'Choice',
    Choices: [
      { Condition: '{% $repair and $repaired = 0 and $states.input.differences > 0 %}', Next: 'Repair' },
    ],
    Default: 'Entity compared',
  },
  Repair: step(
    { ...settings, functionArn: settings.backfillArn },
    'repair',
    { entity: '{% $entity %}', document: '{% $states.input.document %}' },
    {
      Assign: { repaired: '{% $states.result.Payload.repaired %}', repair: false },
      Next: 'Export',
    },
  ),
});

/** Compares the table of one entity with its lake. Its failure is its own, and is its output. */
export const entityStates = (settings: ReconcileSettings): States => ({
  Take: {
    Type: 'Pass',
    Assign: {
      entity: '{% $states.input.entity %}',
      deep: '{% $states.input.deep %}',
      repair: '{% $states.input.repair %}',
      patience: '{% $states.input.patience %}',
      repaired: 0,
    },
    Next: 'Export',
  },
  ...guarded(
    {
      ...exportStates(settings, { next: 'Plan', failed: 'Entity failed' }),
      ...sums(settings),
      ...keys(settings),
      Verdict: step(settings, 'verdict', SUBJECT, { Next: 'Is to repair' }),
      ...mend(settings),
    },
    'Entity failed',
  ),
  'Entity compared': {
    Type: 'Pass',
    Output: "{% $merge([$states.input, {'repaired': $repaired}]) %}",
    End: true,
  },
  'Entity failed': {
    Type: 'Pass',
    Output: { name: '{% $entity %}', error: `{% $states.input.Error & ': ' & ${REASON} %}` },
    End: true,
  },
});
