import { describe, expect, test } from 'vitest';
import type { Retrier } from '../../../local/states/definition/schema.ts';
import { matches, StateError } from '../../../local/states/interpreter/errors.ts';
import { nextAttempt } from '../../../local/states/interpreter/retry.ts';
import { TASK, trace, type Setup } from './trace.ts';

const end = { End: true };

/** An entry of ErrorEquals, an error, and whether the one stands for the other. */
const matching: [pattern: string, error: string | undefined, isMatch: boolean][] = [
  ['Boom', 'Boom', true],
  ['Boom', 'boom', false],
  ['Boom', 'Boom.Other', false],
  ['States.ALL', 'Boom', true],
  ['States.ALL', undefined, true],
  ['States.ALL', 'States.Timeout', true],
  ['States.ALL', 'States.TaskFailed', true],
  ['States.ALL', 'States.QueryEvaluationError', true],
  ['States.ALL', 'States.NoChoiceMatched', true],
  ['States.ALL', 'States.DataLimitExceeded', false],
  ['States.ALL', 'States.Runtime', false],
  ['States.TaskFailed', 'Boom', true],
  ['States.TaskFailed', 'Lambda.ServiceException', true],
  ['States.TaskFailed', 'States.TaskFailed', true],
  ['States.TaskFailed', 'States.Timeout', false],
  ['States.TaskFailed', 'States.QueryEvaluationError', false],
  ['States.TaskFailed', 'States.DataLimitExceeded', false],
  ['States.TaskFailed', 'States.Runtime', false],
  ['States.Timeout', 'States.Timeout', true],
  ['States.QueryEvaluationError', 'States.QueryEvaluationError', true],
  ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
  ['States.Runtime', 'States.Runtime', false],
];

test.each(matching)('%s in ErrorEquals, the error %s: %s', (pattern, error, isMatch) => {
  expect(matches({ ErrorEquals: ['Other', pattern] }, new StateError(error))).toBe(isMatch);
});

const retrier = (fields: Partial<Retrier> = {}): Retrier => ({
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 1,
  MaxAttempts: 3,
  BackoffRate: 2,
  JitterStrategy: 'NONE',
  ...fields,
});

/** A retrier, and the seconds it waits before each attempt. */
const delays: Record<string, [retrier: Retrier, seconds: number[]]> = {
  'waits double, three times': [retrier(), [1, 2, 4]],
  'IntervalSeconds is the first wait': [retrier({ IntervalSeconds: 5 }), [5, 10, 20]],
  'BackoffRate is what waits grow by': [retrier({ BackoffRate: 1.5 }), [1, 1.5, 2.25]],
  'MaxAttempts is how often': [retrier({ MaxAttempts: 1 }), [1]],
  'MaxAttempts 0 is never': [retrier({ MaxAttempts: 0 }), []],
  'MaxDelaySeconds is the longest wait': [retrier({ MaxAttempts: 5, MaxDelaySeconds: 3 }), [1, 2, 3, 3, 3]],
  'FULL jitter waits a random part of it': [retrier({ JitterStrategy: 'FULL' }), [0.5, 1, 2]],
  'jitter is a part of the longest wait': [
    retrier({ JitterStrategy: 'FULL', MaxDelaySeconds: 3 }),
    [0.5, 1, 1.5],
  ],
};

test.each(Object.entries(delays))('%s', (_, [one, seconds]) => {
  const attempts = new Map();
  const next = () => nextAttempt([one], attempts, new StateError('Boom'), () => 0.5);

  expect(seconds.map(next)).toEqual(seconds);
  expect(next()).toBeUndefined();
});

/** A task that fails with these errors, one a call, then works. */
const failing =
  (...errors: string[]): Setup['task'] =>
  ({ attempt }) => {
    const error = errors[attempt - 1];
    if (error !== undefined) throw new StateError(error, `cause ${attempt}`);
    return { worked: attempt };
  };

const task = (fields: object) => ({ Type: 'Task', Resource: TASK, ...end, ...fields });

describe('Retry', () => {
  test('calls again until it works', async () => {
    const { output, slept } = await trace(
      { A: task({ Retry: [{ ErrorEquals: ['Boom'] }] }) },
      { task: failing('Boom', 'Boom') },
    );

    expect(output).toEqual({ worked: 3 });
    expect(slept).toEqual([1, 2]);
  });

  test('each retrier counts for itself, and the first that matches decides', async () => {
    const Retry = [
      { ErrorEquals: ['A'], MaxAttempts: 1, IntervalSeconds: 10 },
      { ErrorEquals: ['B'], MaxAttempts: 2, IntervalSeconds: 20 },
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 30 },
    ];

    const { output, slept } = await trace({ A: task({ Retry }) }, { task: failing('B', 'A', 'B', 'C') });
    const { outcome } = await trace({ A: task({ Retry }) }, { task: failing('A', 'A') });

    expect(output).toEqual({ worked: 5 });
    expect(slept).toEqual([20, 10, 40, 30]);
    expect(outcome).toEqual({ status: 'FAILED', error: 'A', cause: 'cause 2' });
  });

  test('an error no retrier is for fails at once', async () => {
    const { outcome, slept } = await trace(
      { A: task({ Retry: [{ ErrorEquals: ['Other'] }] }) },
      { task: failing('Boom') },
    );

    expect(outcome).toMatchObject({ error: 'Boom' });
    expect(slept).toEqual([]);
  });

  test('Arguments are made anew, and know how often it was', async () => {
    const seen: unknown[] = [];
    await trace(
      {
        A: task({
          Arguments: { n: '{% $states.context.State.RetryCount %}' },
          Retry: [{ ErrorEquals: ['Boom'] }],
        }),
      },
      {
        task: (call) => {
          seen.push(call.parameters);
          return failing('Boom', 'Boom')?.(call) ?? null;
        },
      },
    );

    expect(seen).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
  });

  test('counts anew when the state is entered again', async () => {
    const states = {
      A: task({
        End: false,
        Retry: [{ ErrorEquals: ['Boom'], MaxAttempts: 1 }],
        Output: '{% $states.result.worked %}',
        Next: 'C',
      }),
      C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input < 4 %}', Next: 'A' }], Default: 'D' },
      D: { Type: 'Succeed' },
    };

    const { outcome } = await trace(states, {
      task: ({ attempt }) => {
        if (attempt % 2 === 1) throw new StateError('Boom');
        return { worked: attempt };
      },
    });

    expect(outcome).toEqual({ status: 'SUCCEEDED', output: 4 });
  });

  test('a query that fails in Output is tried again by its name', async () => {
    const { output } = await trace(
      {
        A: task({
          Output: '{% $states.result.late %}',
          Retry: [{ ErrorEquals: ['States.QueryEvaluationError'] }],
        }),
      },
      { task: ({ attempt }) => ({ [attempt > 1 ? 'late' : 'early']: true }) },
    );

    expect(output).toBe(true);
  });

  test('a timeout is tried again', async () => {
    const { output } = await trace(
      { A: task({ TimeoutSeconds: 5, Retry: [{ ErrorEquals: ['States.Timeout'] }] }) },
      {
        task: async ({ attempt, clock, signal }) => {
          await clock.sleep(attempt === 1 ? 9000 : 1000, signal);
          return attempt;
        },
      },
    );

    expect(output).toBe(2);
  });
});

describe('Catch', () => {
  const caught = (catcher: object, rest: object = {}) => ({
    A: task({
      Assign: { seen: 'state' },
      Output: 'state',
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B', ...catcher }],
      ...rest,
    }),
    B: {
      Type: 'Pass',
      ...end,
      Output: { input: '{% $states.input %}', seen: '{% $exists($seen) ? $seen : null %}' },
    },
  });

  test('hands the error on as output', async () => {
    const { output, path } = await trace(caught({}), { task: failing('Boom') });

    expect(output).toEqual({ input: { Error: 'Boom', Cause: 'cause 1' }, seen: null });
    expect(path).toEqual(['A', 'B']);
  });

  test('has its own Output and Assign, instead of the state’s', async () => {
    const catcher = {
      Output: '{% [$states.input, $states.errorOutput.Error] %}',
      Assign: { seen: '{% $states.errorOutput.Cause %}' },
    };

    const { output } = await trace(caught(catcher), { input: 7, task: failing('Boom') });

    expect(output).toEqual({ input: [7, 'Boom'], seen: 'cause 1' });
  });

  test('comes after the retries', async () => {
    const { output, slept } = await trace(
      caught({}, { Retry: [{ ErrorEquals: ['Boom'], MaxAttempts: 1 }] }),
      { task: failing('Boom', 'Boom') },
    );

    expect(output).toMatchObject({ input: { Cause: 'cause 2' } });
    expect(slept).toEqual([1]);
  });

  test('takes the first catcher that matches, none or the error goes on', async () => {
    const states = {
      A: task({
        Catch: [
          { ErrorEquals: ['One'], Next: 'B' },
          { ErrorEquals: ['Two', 'Three'], Next: 'C' },
        ],
      }),
      B: { Type: 'Pass', ...end },
      C: { Type: 'Pass', ...end },
    };

    expect((await trace(states, { task: failing('Three') })).path).toEqual(['A', 'C']);
    expect((await trace(states, { task: failing('Four') })).outcome).toMatchObject({ error: 'Four' });
  });

  test('an error of its own Output ends the execution', async () => {
    const { outcome } = await trace(caught({ Output: '{% $states.result %}' }), { task: failing('Boom') });

    expect(outcome).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining("'Catch[0]/Output'") as string,
    });
  });

  test('of a Map may assign in the scope the Map is in', async () => {
    const states = {
      A: {
        Type: 'Map',
        Items: [1, 2],
        ...end,
        ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Fail', Error: 'Inner' } } },
        Catch: [{ ErrorEquals: ['Inner'], Next: 'B', Assign: { why: '{% $states.errorOutput.Error %}' } }],
      },
      B: { Type: 'Pass', ...end, Output: '{% $why %}' },
    };

    expect((await trace(states)).output).toBe('Inner');
  });

  test('of a Parallel sees the error of the branch', async () => {
    const states = {
      A: {
        Type: 'Parallel',
        ...end,
        Branches: [{ StartAt: 'I', States: { I: { Type: 'Fail', Error: 'Inner', Cause: 'c' } } }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }],
      },
      B: { Type: 'Pass', ...end },
    };

    expect((await trace(states)).output).toEqual({ Error: 'Inner', Cause: 'c' });
  });
});
