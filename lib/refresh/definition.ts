import { entityStates } from './entity-states.ts';
import { martStates } from './mart-states.ts';
import { step, type RefreshSettings, type State } from './tasks.ts';

const entities = (settings: RefreshSettings): State => ({
  Type: 'Map',
  Items: '{% $states.input.entities %}',
  ItemSelector: { entity: '{% $states.context.Map.Item.Value %}' },
  MaxConcurrency: 2,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'Take',
    States: entityStates(settings),
  },
  Assign: {
    entities: '{% $states.result %}',
    failed: '{% [$states.result[$exists(error)].name] %}',
  },
  Output: '{% {} %}',
  Next: 'Marts',
});

/** After all entities, as a mart may read several: none is made of what is merged by half. */
const marts = (settings: RefreshSettings): State => ({
  Type: 'Map',
  Items: '{% $marts %}',
  ItemSelector: { mart: '{% $states.context.Map.Item.Value %}' },
  MaxConcurrency: 4,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'Take mart',
    States: martStates(settings),
  },
  Output: { outcomes: '{% $append($entities, $states.result) %}' },
  Next: 'End',
});

const EXECUTION = { execution: '{% $states.context.Execution.Id %}' };

/**
 * The state machine of the refresh, in Amazon States Language with JSONata. One execution runs at a time: another ends at once,
 * saying so. Each entity is merged, published and kept healthy, and then each mart made, apart from the others.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 *
 * @example
 * refreshDefinition({ functionArn, workgroup: 'tailrace-dev-refresh', database: 'tailrace_dev' }).StartAt // Begin
 */
export const refreshDefinition = (settings: RefreshSettings) => ({
  Comment: 'Merges the change logs into the curated tables, publishes them, and makes the marts',
  QueryLanguage: 'JSONata',
  StartAt: 'Begin',
  States: {
    Begin: step(settings, 'begin', EXECUTION, { Next: 'Is ours' }),
    'Is ours': {
      Type: 'Choice',
      Choices: [{ Condition: "{% $states.input.status = 'busy' %}", Next: 'Busy' }],
      Assign: { at: '{% $states.input.at %}', marts: '{% $states.input.marts %}' },
      Default: 'Entities',
    },
    Busy: { Type: 'Succeed' },
    Entities: entities(settings),
    Marts: marts(settings),
    End: step(
      settings,
      'end',
      {
        ...EXECUTION,
        startedAt: '{% $states.context.Execution.StartTime %}',
        outcomes: '{% $states.input.outcomes %}',
      },
      { Next: 'Is whole' },
    ),
    'Is whole': {
      Type: 'Choice',
      Choices: [{ Condition: "{% $states.input.status = 'refreshed' %}", Next: 'Refreshed' }],
      Default: 'Failed',
    },
    Refreshed: { Type: 'Succeed' },
    Failed: {
      Type: 'Fail',
      Error: 'RefreshFailed',
      Cause: "{% $join($states.input.failures.(name & ': ' & error), '; ') %}",
    },
  },
});
