import { athena, REASON, type RefreshSettings, type States } from './tasks.ts';

/**
 * Of a failed statement, what another try cures: somebody else has committed meanwhile, or there is more to do than one run does.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-troubleshooting.html
 */
const CURED_BY_RETRY = String.raw`/ICEBERG_COMMIT_ERROR|ICEBERG_\w*_MORE_RUNS_NEEDED/`;
const MOST_TRIES = 10;

/** One statement after the other; each is tried again where that helps. What they scan is added to the variable `scanned`. */
export const runStatements = (settings: RefreshSettings, name: string, next: string): States => ({
  [name]: {
    Type: 'Map',
    Items: '{% $states.input.statements %}',
    ItemSelector: { sql: '{% $states.context.Map.Item.Value %}' },
    MaxConcurrency: 1,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: `${name}: take`,
      States: {
        [`${name}: take`]: {
          Type: 'Pass',
          Assign: { sql: '{% $states.input.sql %}', tries: 1 },
          Next: `${name}: run`,
        },
        [`${name}: run`]: athena(settings, '{% $sql %}', {
          Output: '{% { "scanned": $states.result.QueryExecution.Statistics.DataScannedInBytes } %}',
          Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: `${name}: judge` }],
          End: true,
        }),
        [`${name}: judge`]: {
          Type: 'Choice',
          Choices: [
            {
              Condition: `{% $tries < ${MOST_TRIES} and $contains($string($states.input.Cause), ${CURED_BY_RETRY}) %}`,
              Assign: { tries: '{% $tries + 1 %}' },
              Next: `${name}: pause`,
            },
          ],
          Default: `${name}: give up`,
        },
        [`${name}: pause`]: { Type: 'Wait', Seconds: 2, Next: `${name}: run` },
        [`${name}: give up`]: { Type: 'Fail', Error: 'StatementFailed', Cause: `{% ${REASON} %}` },
      },
    },
    Assign: { scanned: '{% $sum([$scanned, $states.result.scanned]) %}' },
    Output: '{% {} %}',
    Next: next,
  },
});
