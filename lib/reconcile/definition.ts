import { REASON, step, type State } from '../refresh/tasks.ts';
import { entityStates, type ReconcileSettings } from './entity-states.ts';

const entities = (settings: ReconcileSettings): State => ({
  Type: 'Map',
  Items: '{% $states.input.entities %}',
  ItemSelector: {
    entity: '{% $states.context.Map.Item.Value %}',
    deep: '{% $states.input.deep %}',
    repair: '{% $states.input.repair %}',
    patience: '{% $states.input.patience %}',
  },
  MaxConcurrency: 4,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'Take',
    States: entityStates(settings),
  },
  Output: { outcomes: '{% $states.result %}' },
  Next: 'End',
});

/**
 * The state machine that compares tables with the lake, in Amazon States Language with JSONata. That they differ is what it finds, and
 * no failure of its own.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 *
 * @example
 * reconcileDefinition(settings).StartAt // Begin
 */
export const reconcileDefinition = (settings: ReconcileSettings) => ({
  Comment: 'Compares tables with the lake, key by key, and names what differs',
  QueryLanguage: 'JSONata',
  StartAt: 'Begin',
  States: {
    Begin: step(
      settings,
      'begin',
      {
        input:
          "{% $merge([{}, $sift($states.input, function($value, $name) { $name in ['entities', 'deep', 'repair', 'patience'] })]) %}",
      },
      {
        Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'Not begun' }],
        Next: 'Entities',
      },
    ),
    Entities: entities(settings),
    End: step(settings, 'end', { outcomes: '{% $states.input.outcomes %}' }, { Next: 'Is whole' }),
    'Is whole': {
      Type: 'Choice',
      Choices: [{ Condition: "{% $states.input.status = 'failed' %}", Next: 'Failed' }],
      Default: 'Compared',
    },
    'Not begun': { Type: 'Fail', Error: 'ReconcileFailed', Cause: `{% ${REASON} %}` },
    Compared: { Type: 'Succeed' },
    Failed: {
      Type: 'Fail',
      Error: 'ReconcileFailed',
      Cause: "{% $join($states.input.failures.(name & ': ' & error), '; ') %}",
    },
  },
});
