import { describe, expect, test } from 'vitest';
import { StateError } from '../../../local/states/interpreter/errors.ts';
import { openHistory, type HistoryEvent } from '../../../local/states/interpreter/history.ts';
import { Stopped } from '../../../local/states/interpreter/interpret.ts';
import type { Json } from '../../../local/states/json.ts';
import { TASK, trace, type Setup } from './trace.ts';

const end = { End: true };
const pass = (fields: object = end) => ({ Type: 'Pass', ...fields });
const task = (fields: object = end) => ({ Type: 'Task', Resource: TASK, ...fields });

/** States, what they are given, and what comes out. */
const outputs: Record<string, [states: object, output: Json, setup?: Setup]> = {
  'Pass hands its input on': [{ A: pass() }, { a: 1 }, { input: { a: 1 } }],
  'Pass makes its output': [
    { A: pass({ ...end, Output: { b: '{% $states.input.a + 1 %}', c: 'text' } }) },
    { b: 2, c: 'text' },
    { input: { a: 1 } },
  ],
  'an output need not be an object': [{ A: pass({ ...end, Output: '{% [1, 2] %}' }) }, [1, 2]],
  'null is an output': [{ A: pass({ ...end, Output: null }) }, null],
  'Succeed makes the last output': [
    { A: pass({ Next: 'B' }), B: { Type: 'Succeed', Output: '{% $states.input.a %}' } },
    5,
    { input: { a: 5 } },
  ],
  'a variable is there in later states': [
    {
      A: pass({ Assign: { x: '{% $states.input.a %}' }, Output: 0, Next: 'B' }),
      B: pass({ ...end, Output: '{% $x %}' }),
    },
    7,
    { input: { a: 7 } },
  ],
  'all of Assign sees the variables as they were on entry': [
    {
      A: pass({ Assign: { x: 3, y: 6 }, Next: 'B' }),
      B: pass({ Assign: { x: '{% $y %}', y: '{% $x %}' }, Next: 'C' }),
      C: pass({ ...end, Output: '{% [$x, $y] %}' }),
    },
    [6, 3],
  ],
  'Output does not see what Assign of the same state gives': [
    { A: pass({ Assign: { x: 1 }, Next: 'B' }), B: pass({ ...end, Assign: { x: 2 }, Output: '{% $x %}' }) },
    1,
  ],
  'Choice takes the first rule that is true': [
    {
      A: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 10 %}', Next: 'Big' },
          { Condition: '{% $states.input.n > 1 %}', Next: 'Small' },
        ],
        Default: 'None',
      },
      Big: pass({ ...end, Output: 'big' }),
      Small: pass({ ...end, Output: 'small' }),
      None: pass({ ...end, Output: 'none' }),
    },
    'small',
    { input: { n: 5 } },
  ],
  'a rule has its own Assign and Output': [
    {
      A: {
        Type: 'Choice',
        Choices: [{ Condition: '{% true %}', Next: 'B', Assign: { who: 'rule' }, Output: 'out' }],
        Default: 'B',
        Assign: { who: 'state' },
      },
      B: pass({ ...end, Output: '{% [$who, $states.input] %}' }),
    },
    ['rule', 'out'],
  ],
  'without a rule that is true, Choice takes Default, with its Assign and Output': [
    {
      A: {
        Type: 'Choice',
        Choices: [{ Condition: '{% false %}', Next: 'B', Assign: { who: 'rule' } }],
        Default: 'B',
        Assign: { who: 'state' },
        Output: 'out',
      },
      B: pass({ ...end, Output: '{% [$who, $states.input] %}' }),
    },
    ['state', 'out'],
  ],
  'Task gives its result': [{ A: task() }, { ok: true }, { task: () => ({ ok: true }) }],
  'Arguments are what the service gets': [
    { A: task({ ...end, Arguments: { Payload: { id: '{% $states.input.id %}' } } }) },
    { Payload: { id: 3 } },
    { input: { id: 3 }, task: ({ parameters }) => parameters },
  ],
  'Output and Assign of a Task see its result and its input': [
    {
      A: task({ Assign: { r: '{% $states.result.n %}' }, Output: '{% $states.input.n %}', Next: 'B' }),
      B: pass({ ...end, Output: '{% [$r, $states.input] %}' }),
    },
    [2, 1],
    { input: { n: 1 }, task: () => ({ n: 2 }) },
  ],
  'Map runs its states for each item, in order': [
    {
      A: {
        Type: 'Map',
        Items: '{% $states.input.list %}',
        ItemProcessor: { StartAt: 'I', States: { I: pass({ ...end, Output: '{% $states.input * 10 %}' }) } },
        ...end,
      },
    },
    [10, 20, 30],
    { input: { list: [1, 2, 3] } },
  ],
  'Map of nothing gives nothing': [
    { A: { Type: 'Map', Items: [], ItemProcessor: { StartAt: 'I', States: { I: pass() } }, ...end } },
    [],
  ],
  'Map takes its input as items': [
    { A: { Type: 'Map', ItemProcessor: { StartAt: 'I', States: { I: pass() } }, ...end } },
    [4, 5],
    { input: [4, 5] },
  ],
  'ItemSelector sees item, index and the input of the Map': [
    {
      A: {
        Type: 'Map',
        Items: ['a', 'b'],
        ItemSelector: {
          item: '{% $states.context.Map.Item.Value %}',
          at: '{% $states.context.Map.Item.Index %}',
          all: '{% $states.input.all %}',
        },
        ItemProcessor: { StartAt: 'I', States: { I: pass() } },
        ...end,
      },
    },
    [
      { item: 'a', at: 0, all: 9 },
      { item: 'b', at: 1, all: 9 },
    ],
    { input: { all: 9 } },
  ],
  'states of an iteration see its item in the context object': [
    {
      A: {
        Type: 'Map',
        Items: ['a', 'b'],
        ItemProcessor: {
          StartAt: 'I',
          States: { I: pass({ ...end, Output: '{% $states.context.Map.Item.Index %}' }) },
        },
        ...end,
      },
    },
    [0, 1],
  ],
  'an iteration reads variables around it; its own end with it': [
    {
      A: pass({ Assign: { factor: 2 }, Next: 'M' }),
      M: {
        Type: 'Map',
        Items: [1, 2],
        ItemProcessor: {
          StartAt: 'I',
          States: {
            I: pass({ Assign: { own: '{% $states.input * $factor %}' }, Next: 'J' }),
            J: pass({ ...end, Output: '{% $own %}' }),
          },
        },
        Next: 'B',
      },
      B: pass({ ...end, Output: { list: '{% $states.input %}', gone: '{% $exists($own) %}' } }),
    },
    { list: [2, 4], gone: false },
  ],
  'Parallel gives the outputs of its branches, in order': [
    {
      A: {
        Type: 'Parallel',
        Arguments: { n: '{% $states.input.n %}' },
        ...end,
        Branches: [
          { StartAt: 'X', States: { X: { Type: 'Wait', Seconds: 5, ...end, Output: 'slow' } } },
          { StartAt: 'Y', States: { Y: pass() } },
        ],
      },
    },
    ['slow', { n: 1 }],
    { input: { n: 1, other: 2 } },
  ],
  'a variable may be set in two branches, each for itself': [
    {
      A: {
        Type: 'Parallel',
        ...end,
        Branches: [1, 2].map((n) => ({
          StartAt: `X${n}`,
          States: {
            [`X${n}`]: pass({ Assign: { v: n }, Next: `Y${n}` }),
            [`Y${n}`]: pass({ ...end, Output: '{% $v %}' }),
          },
        })),
      },
    },
    [1, 2],
  ],
  'the context object tells who runs': [
    { A: pass({ ...end, Output: '{% $states.context %}' }) },
    {
      Execution: {
        Id: 'arn:aws:states:us-east-1:123456789012:execution:machine:run',
        Input: { a: 1 },
        Name: 'run',
        RoleArn: 'arn:aws:iam::123456789012:role/machine',
        StartTime: '2026-01-01T00:00:00.000Z',
        RedriveCount: 0,
      },
      StateMachine: { Id: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine', Name: 'machine' },
      State: { Name: 'A', EnteredTime: '2026-01-01T00:00:00.000Z', RetryCount: 0 },
    },
    { input: { a: 1 } },
  ],
};

describe('what comes out of states', () => {
  test.each(Object.entries(outputs))('%s', async (_, [states, output, setup]) => {
    const traced = await trace(states, setup);

    expect(traced.outcome).toEqual({ status: 'SUCCEEDED', output });
  });
});

const like = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

/** States, and the error they end with. */
const errors: Record<
  string,
  [states: object, error: string | undefined, cause: string | undefined, setup?: Setup]
> = {
  'Fail says why': [
    { A: { Type: 'Fail', Error: 'Wrong', Cause: '{% "n is " & $states.input.n %}' } },
    'Wrong',
    'n is 3',
    { input: { n: 3 } },
  ],
  'Fail need not say why': [{ A: { Type: 'Fail' } }, undefined, undefined],
  'no rule is true and there is no Default': [
    { A: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'B' }] }, B: pass() },
    'States.NoChoiceMatched',
    like(/'A'/),
  ],
  'a condition is no boolean': [
    { A: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'B' }] }, B: pass() },
    'States.QueryEvaluationError',
    "An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1",
  ],
  'an expression has no value': [
    { A: pass({ ...end, Output: { b: '{% $states.input.none %}' } }) },
    'States.QueryEvaluationError',
    "An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.input.none' specified for the field 'Output/b' returned nothing (undefined).",
  ],
  'a variable was never assigned': [
    { A: pass({ ...end, Output: '{% $nothing %}' }) },
    'States.QueryEvaluationError',
    like(/returned nothing/),
  ],
  'the items are no list': [
    {
      A: {
        Type: 'Map',
        Items: '{% $states.input %}',
        ItemProcessor: { StartAt: 'I', States: { I: pass() } },
        ...end,
      },
    },
    'States.QueryEvaluationError',
    like(/Expected 'array', but was 'object'/),
  ],
  'an expression throws': [
    { A: pass({ ...end, Output: '{% "a" + 1 %}' }) },
    'States.QueryEvaluationError',
    like(
      /threw an error during evaluation\. T2001: The left side of the "\+" operator must evaluate to a number/,
    ),
  ],
  'an output is larger than 256 KiB': [
    { A: pass({ ...end, Output: '{% $pad("", 262143, "x") %}' }) },
    'States.DataLimitExceeded',
    "The state/task 'A' returned a result with a size exceeding the maximum number of bytes service limit.",
  ],
  'a result is larger than 256 KiB': [
    { A: task() },
    'States.DataLimitExceeded',
    "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    { task: () => 'ü'.repeat(131_072) },
  ],
  'variables are larger than 256 KiB': [
    { A: pass({ ...end, Assign: { a: '{% $pad("", 200000, "x") %}', b: '{% $pad("", 80000, "x") %}' } }) },
    'States.DataLimitExceeded',
    like(/'A'/),
  ],
  'a time is none': [
    { A: { Type: 'Wait', Timestamp: '{% "tomorrow" %}', ...end } },
    'States.QueryEvaluationError',
    like(/RFC 3339/),
  ],
  'seconds are negative': [
    { A: { Type: 'Wait', Seconds: '{% -1 %}', ...end } },
    'States.QueryEvaluationError',
    like(/between 0 and 99999999 but was: -1/),
  ],
  'the error of an iteration is the error of the Map': [
    {
      A: {
        Type: 'Map',
        Items: [1],
        ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Fail', Error: 'Inner', Cause: 'c' } } },
        ...end,
      },
    },
    'Inner',
    'c',
  ],
};

describe('an execution fails when', () => {
  test.each(Object.entries(errors))('%s', async (_, [states, error, cause, setup]) => {
    const { outcome } = await trace(states, setup);

    expect(outcome.status).toBe('FAILED');
    expect(outcome).toMatchObject({
      error,
      cause,
    });
  });

  test('its history is full, which leaves room for the last event', () => {
    const events: HistoryEvent[] = [];
    const history = openHistory(Date.now, (event) => events.push(event));
    const chain = { previous: 0 };
    for (let count = 1; count < 25_000; count += 1) history.add(chain, 'PassStateEntered');

    expect(() => history.add(chain, 'PassStateEntered')).toThrow('States.Runtime');
    history.end(chain, 'ExecutionFailed');
    history.add(chain, 'PassStateEntered');
    expect(events).toHaveLength(25_000);
    expect(events.at(-1)?.type).toBe('ExecutionFailed');
  });
});

describe('time', () => {
  test('Wait takes its seconds, or the time until a timestamp', async () => {
    const { slept } = await trace({
      A: { Type: 'Wait', Seconds: '{% 2 * 5 %}', Next: 'B' },
      B: { Type: 'Wait', Timestamp: '2026-01-01T01:00:00+01:00', Next: 'C' },
      C: { Type: 'Wait', Timestamp: '2026-01-01T00:01:00Z', ...end },
    });

    expect(slept).toEqual([10, 50]);
  });

  const slow =
    (seconds: number): Setup['task'] =>
    async ({ signal, clock }) => {
      await clock.sleep(seconds * 1000, signal);
      return 'done';
    };

  test('a Task that takes longer than TimeoutSeconds fails with States.Timeout', async () => {
    const states = { A: task({ ...end, TimeoutSeconds: '{% 5 %}' }) };

    const { outcome, types, events } = await trace(states, { task: slow(6) });

    expect(outcome).toEqual({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
    expect(types).toContain('TaskTimedOut');
    expect(events.find(({ type }) => type === 'TaskScheduled')).toMatchObject({
      taskScheduledEventDetails: { timeoutInSeconds: 5 },
    });
    expect((await trace(states, { task: slow(4) })).output).toBe('done');
  });

  test('a machine that takes longer than its TimeoutSeconds is TIMED_OUT', async () => {
    const definition = {
      StartAt: 'A',
      TimeoutSeconds: 5,
      States: { A: { Type: 'Wait', Seconds: 6, ...end } },
    };

    const { outcome, types } = await trace(definition);

    expect(outcome.status).toBe('TIMED_OUT');
    expect(types.at(-1)).toBe('ExecutionTimedOut');
  });

  test('MaxConcurrency bounds the iterations that run at once, and 40 is the most', async () => {
    const most = async (MaxConcurrency: number | string) => {
      let running = 0;
      let peak = 0;
      const count: Setup['task'] = async ({ signal, clock }) => {
        running += 1;
        peak = Math.max(peak, running);
        await clock.sleep(1000, signal);
        running -= 1;
        return null;
      };
      const items = Array.from({ length: 50 }, (_, n) => n);
      await trace(
        {
          A: {
            Type: 'Map',
            Items: items,
            MaxConcurrency,
            ItemProcessor: { StartAt: 'I', States: { I: task() } },
            ...end,
          },
        },
        { task: count },
      );
      return peak;
    };

    expect(await most(1)).toBe(1);
    expect(await most('{% 1 + 2 %}')).toBe(3);
    expect(await most(0)).toBe(40);
  });

  test('a stopped execution is ABORTED at once, and its tasks are told', async () => {
    const stop = new AbortController();
    const told: unknown[] = [];
    const { outcome, types } = await trace(
      {
        A: {
          Type: 'Parallel',
          ...end,
          Branches: [
            { StartAt: 'X', States: { X: task() } },
            { StartAt: 'Y', States: { Y: { Type: 'Wait', Seconds: 900, ...end } } },
          ],
        },
      },
      {
        stop: stop.signal,
        task: async ({ signal }) => {
          signal.addEventListener('abort', () => told.push(signal.reason));
          setImmediate(() => stop.abort(new Stopped('Enough', 'for today')));
          return await new Promise(() => {});
        },
      },
    );

    expect(outcome).toEqual({ status: 'ABORTED', error: 'Enough', cause: 'for today' });
    expect(types.at(-1)).toBe('ExecutionAborted');
    expect(told).toHaveLength(1);
  });
});

describe('a failure ends the others', () => {
  const branches = {
    A: {
      Type: 'Map',
      Items: [1, 2, 3],
      ...end,
      ItemProcessor: {
        StartAt: 'C',
        States: {
          C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'L' }], Default: 'W' },
          L: { Type: 'Wait', Seconds: 1, Next: 'F' },
          F: { Type: 'Fail', Error: 'Two' },
          W: { Type: 'Wait', Seconds: 100, ...end },
        },
      },
    },
  };

  test('iterations that still run are aborted', async () => {
    const { outcome, types } = await trace(branches);

    expect(outcome).toMatchObject({ status: 'FAILED', error: 'Two' });
    const endings = types.filter((type) => /Failed|Aborted/.test(type));
    expect(endings[0]).toBe('MapIterationFailed');
    expect(endings.slice(1, -2).toSorted()).toEqual([
      'MapIterationAborted',
      'MapIterationAborted',
      'WaitStateAborted',
      'WaitStateAborted',
    ]);
    expect(endings.slice(-2)).toEqual(['MapStateFailed', 'ExecutionFailed']);
  });

  test('and the whole Map is tried again', async () => {
    let runs = 0;
    const { output } = await trace(
      {
        A: {
          Type: 'Map',
          Items: [1, 2],
          Retry: [{ ErrorEquals: ['Once'] }],
          ItemProcessor: { StartAt: 'I', States: { I: task() } },
          ...end,
        },
      },
      {
        task: () => {
          runs += 1;
          if (runs === 1) throw new StateError('Once');
          return runs;
        },
      },
    );

    expect(output).toHaveLength(2);
  });
});

test('events are numbered and linked as on AWS', async () => {
  // Recorded on AWS for a Map of two items, one at a time.
  const { events } = await trace({
    S: {
      Type: 'Map',
      Items: [1, 2],
      MaxConcurrency: 1,
      ItemProcessor: { StartAt: 'P', States: { P: pass() } },
      ...end,
    },
  });

  expect(events.map(({ id, previousEventId, type }) => `${id} ${previousEventId} ${type}`)).toEqual([
    '1 0 ExecutionStarted',
    '2 0 MapStateEntered',
    '3 2 MapStateStarted',
    '4 3 MapIterationStarted',
    '5 4 PassStateEntered',
    '6 5 PassStateExited',
    '7 6 MapIterationSucceeded',
    '8 6 MapIterationStarted',
    '9 8 PassStateEntered',
    '10 9 PassStateExited',
    '11 10 MapIterationSucceeded',
    '12 10 MapStateSucceeded',
    '13 10 MapStateExited',
    '14 13 ExecutionSucceeded',
  ]);
});
