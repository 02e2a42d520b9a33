import { runStatements } from './statements.ts';
import { athena, guarded, REASON, step, type RefreshSettings, type States } from './tasks.ts';

const ENTITY = { entity: '{% $entity %}' };

/** Tables with the columns of the schema. */
const ensure = (settings: RefreshSettings): States => ({
  Ensure: step(settings, 'ensure', ENTITY, { Next: 'Make tables' }),
  ...runStatements(settings, 'Make tables', 'Next files'),
});

/** A statement that reads nothing has no such number. */
const ADD_SCANNED = {
  scanned: '{% $sum([$scanned, $states.result.QueryExecution.Statistics.DataScannedInBytes]) %}',
};

/** Some files of the log after the other, until none is left. */
const merge = (settings: RefreshSettings): States => ({
  'Next files': step(settings, 'next', ENTITY, { Next: 'Is merged' }),
  'Is merged': {
    Type: 'Choice',
    Choices: [
      {
        Condition: '{% $states.input.isDone %}',
        Assign: {
          inspection: '{% $states.input.inspection %}',
          isPublished: '{% $states.input.isPublished %}',
        },
        Next: 'Is published',
      },
    ],
    Assign: { files: '{% $states.input.files %}', probe: '{% $states.input.probe %}' },
    Default: 'Probe',
  },
  Probe: athena(settings, '{% $probe %}', { Assign: ADD_SCANNED, Next: 'Plan' }),
  Plan: step(
    settings,
    'plan',
    { ...ENTITY, files: '{% $files %}', probe: '{% $states.input.QueryExecutionId %}' },
    { Next: 'Merge' },
  ),
  ...runStatements(settings, 'Merge', 'Commit'),
  Commit: step(
    settings,
    'commit',
    { ...ENTITY, files: '{% $files %}' },
    { Assign: { merged: '{% $merged + $states.result.Payload.merged %}' }, Next: 'Next files' },
  ),
});

/** Views that leave out of the log what is merged. */
const publish = (settings: RefreshSettings): States => ({
  'Is published': {
    Type: 'Choice',
    Choices: [{ Condition: '{% $isPublished %}', Next: 'Is inspected' }],
    Default: 'Publish',
  },
  Publish: step(settings, 'publish', ENTITY, { Next: 'Make views' }),
  ...runStatements(settings, 'Make views', 'Describe'),
  Describe: step(settings, 'describe', ENTITY, { Next: 'Is inspected' }),
});

/** OPTIMIZE and VACUUM, when they are due. */
const maintain = (settings: RefreshSettings): States => ({
  'Is inspected': {
    Type: 'Choice',
    Choices: [{ Condition: '{% $inspection = null %}', Next: 'Entity refreshed' }],
    Default: 'Inspect',
  },
  Inspect: athena(settings, '{% $inspection %}', { Assign: ADD_SCANNED, Next: 'Maintain' }),
  Maintain: step(
    settings,
    'maintain',
    { ...ENTITY, inspection: '{% $states.input.QueryExecutionId %}' },
    { Assign: { vacuumed: '{% $states.result.Payload.vacuumed %}' }, Next: 'Rewrite' },
  ),
  ...runStatements(settings, 'Rewrite', 'Maintained'),
  Maintained: step(
    settings,
    'maintained',
    { ...ENTITY, vacuumed: '{% $vacuumed %}' },
    { Next: 'Entity refreshed' },
  ),
});

/** What was done of an entity: bytes that its statements scanned, and files of its log that were merged. */
const DID = { name: '{% $entity %}', scanned: '{% $scanned %}', merged: '{% $merged %}' };

/** Merges what an entity's log has, publishes it and keeps its tables healthy. Its failure is its own, and is its output. */
export const entityStates = (settings: RefreshSettings): States => ({
  Take: {
    Type: 'Pass',
    Assign: { entity: '{% $states.input.entity %}', scanned: 0, merged: 0 },
    Next: 'Ensure',
  },
  ...guarded(
    { ...ensure(settings), ...merge(settings), ...publish(settings), ...maintain(settings) },
    'Entity failed',
  ),
  'Entity refreshed': {
    Type: 'Pass',
    Output: DID,
    End: true,
  },
  'Entity failed': {
    Type: 'Pass',
    Output: { ...DID, error: `{% $states.input.Error & ': ' & ${REASON} %}` },
    End: true,
  },
});
