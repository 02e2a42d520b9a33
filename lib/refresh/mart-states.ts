import { athena, guarded, REASON, step, type RefreshSettings, type States } from './tasks.ts';

const MART = { mart: '{% $mart %}' };
const RUN = { ...MART, run: '{% $run %}' };
const SQL = '{% $states.input.sql %}';
const QUERY = '{% $states.input.QueryExecutionId %}';

/** A query that read nothing has no such number. */
const SCANNED =
  '{% ($bytes := $states.result.QueryExecution.Statistics.DataScannedInBytes; $exists($bytes) ? $bytes : 0) %}';

const plan = (settings: RefreshSettings): States => ({
  'Plan mart': step(
    settings,
    'mart',
    { ...MART, at: '{% $at %}', failed: '{% $failed %}' },
    { Next: 'Is due' },
  ),
  'Is due': {
    Type: 'Choice',
    Choices: [
      {
        Condition: "{% $states.input.todo = 'build' %}",
        Assign: { run: '{% $states.input.run %}' },
        Next: 'Build mart',
      },
      {
        Condition: "{% $states.input.todo = 'publish' %}",
        Assign: { run: '{% $states.input.run %}' },
        Next: 'Read mart',
      },
    ],
    Output: '{% $states.input.outcome %}',
    Default: 'Mart ended',
  },
});

/** Its rows where nobody reads them, and whether they hold what they must. */
const build = (settings: RefreshSettings): States => ({
  'Build mart': athena(settings, SQL, { Assign: { bytesScanned: SCANNED }, Next: 'Plan checks' }),
  'Plan checks': step(settings, 'mart-check', RUN, { Next: 'Check mart' }),
  'Check mart': athena(settings, SQL, { Next: 'Judge mart' }),
  'Judge mart': step(settings, 'mart-verdict', { ...RUN, checked: QUERY }, { Next: 'Does it hold' }),
  'Does it hold': {
    Type: 'Choice',
    Choices: [
      {
        Condition: '{% $states.input.holds %}',
        Assign: { rows: '{% $states.input.rows %}' },
        Next: 'Show mart',
      },
    ],
    Output: { name: '{% $mart %}', error: '{% $states.input.error %}' },
    Default: 'Mart ended',
  },
});

/** Readers see the new rows from here on, those of the API last. */
const show = (settings: RefreshSettings): States => ({
  'Show mart': athena(settings, SQL, { Next: 'Mart shown' }),
  'Mart shown': step(
    settings,
    'mart-shown',
    { ...RUN, rows: '{% $rows %}', bytesScanned: '{% $bytesScanned %}' },
    { Next: 'Is insight' },
  ),
  'Is insight': {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.sql = null %}', Next: 'Mart built' }],
    Default: 'Read mart',
  },
  'Read mart': athena(settings, SQL, { Next: 'Publish mart' }),
  'Publish mart': step(settings, 'mart-publish', { ...RUN, rows: QUERY }, { Next: 'Mart built' }),
});

/** Makes a mart anew if that is due, checks it, shows it and publishes it. Its failure is its own, and is its output. */
export const martStates = (settings: RefreshSettings): States => ({
  'Take mart': { Type: 'Pass', Assign: { mart: '{% $states.input.mart %}' }, Next: 'Plan mart' },
  ...guarded({ ...plan(settings), ...build(settings), ...show(settings) }, 'Mart failed'),
  'Mart built': { Type: 'Pass', Output: { name: '{% $mart %}', mart: 'built' }, End: true },
  'Mart failed': { Type: 'Pass', Output: { name: '{% $mart %}', error: `{% ${REASON} %}` }, End: true },
  'Mart ended': { Type: 'Pass', End: true },
});
