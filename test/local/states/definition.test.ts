import { expect, test } from 'vitest';
import { RefusedDefinition, readDefinition } from '../../../local/states/definition/read.ts';
import { taskProblem } from '../../../local/states/tasks/index.ts';

const LAMBDA = 'arn:aws:states:::lambda:invoke';
const end = { End: true };
const task = (fields: object = {}) => ({
  Type: 'Task',
  Resource: LAMBDA,
  Arguments: { FunctionName: 'f' },
  ...end,
  ...fields,
});
const pass = (fields: object = end) => ({ Type: 'Pass', ...fields });
const inner = (state: object) => ({ StartAt: 'I', States: { I: state } });
const map = (state: object, fields: object = {}) => ({
  Type: 'Map',
  ItemProcessor: inner(state),
  ...end,
  ...fields,
});

const problems = (definition: unknown): string[] => {
  try {
    readDefinition(definition, taskProblem);
    return [];
  } catch (error) {
    if (error instanceof RefusedDefinition) return error.message.split('\n');
    throw error;
  }
};

const ofStates = (states: object, more: object = {}) =>
  problems({ QueryLanguage: 'JSONata', StartAt: 'A', States: states, ...more });

test.each([
  [
    'each kind of state',
    {
      A: { Type: 'Choice', Comment: 'c', Choices: [{ Condition: '{% true %}', Next: 'B' }], Default: 'B' },
      B: task({
        End: false,
        Next: 'C',
        TimeoutSeconds: '{% 1 %}',
        Retry: [{ ErrorEquals: ['X'], JitterStrategy: 'FULL', MaxDelaySeconds: 9 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'F' }],
      }),
      C: map(pass(), {
        End: false,
        Next: 'D',
        Items: '{% [1] %}',
        MaxConcurrency: '{% 1 %}',
        ItemSelector: { a: 1 },
      }),
      D: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'J', States: { J: { Type: 'Wait', Seconds: 1, ...end } } }],
        Next: 'E',
      },
      E: { Type: 'Wait', Timestamp: '2026-01-01T00:00:00Z', Next: 'S' },
      S: { Type: 'Succeed' },
      F: { Type: 'Fail', Error: 'e' },
    },
  ],
  [
    'a variable of a branch with the name of one in another branch',
    {
      A: {
        Type: 'Parallel',
        ...end,
        Branches: ['X', 'Y'].map((name) => ({
          StartAt: name,
          States: { [name]: pass({ ...end, Assign: { v: 1 } }) },
        })),
      },
    },
  ],
  [
    'an SDK call',
    { A: task({ Resource: 'arn:aws:states:::aws-sdk:dynamodb:getItem', Arguments: { TableName: 't' } }) },
  ],
  ['Arguments made by one expression', { A: task({ Arguments: '{% $states.input %}' }) }],
  [
    'context items of paths and predicates',
    { A: pass({ ...end, Output: '{% $states.input.list[price > 1].{"n": name, "all": $$.x} %}' }) },
  ],
])('runs %s', (_, states) => {
  expect(ofStates(states)).toEqual([]);
});

/** Definitions of states that are refused, and what is said. */
const refused: Record<string, [states: object, problems: string[]]> = {
  'fields of JSONPath': [
    { A: pass({ ...end, ResultPath: '$.a', Parameters: {} }) },
    [
      'state "A": ResultPath belongs to JSONPath; the local cloud runs JSONata only',
      'state "A": Parameters belongs to JSONPath; the local cloud runs JSONata only',
    ],
  ],
  'a state in JSONPath': [
    { A: pass({ ...end, QueryLanguage: 'JSONPath' }) },
    ['state "A": QueryLanguage: Invalid input: expected "JSONata"'],
  ],
  heartbeats: [
    { A: task({ HeartbeatSeconds: 5 }) },
    ['state "A": the local cloud does not run the field HeartbeatSeconds'],
  ],
  'credentials of another role': [
    { A: task({ Credentials: { RoleArn: 'r' } }) },
    ['state "A": the local cloud does not run the field Credentials'],
  ],
  'a distributed map': [
    { A: { ...map(pass()), ItemProcessor: { ...inner(pass()), ProcessorConfig: { Mode: 'DISTRIBUTED' } } } },
    ['state "A": ItemProcessor.ProcessorConfig.Mode: Invalid input: expected "INLINE"'],
  ],
  'tolerated failures': [
    { A: map(pass(), { ToleratedFailureCount: 1 }) },
    ['state "A": the local cloud does not run the field ToleratedFailureCount'],
  ],
  'a field inside an iteration': [
    { A: map(pass({ ...end, InputPath: '$' })) },
    ['state "I": InputPath belongs to JSONPath; the local cloud runs JSONata only'],
  ],
  'an unknown kind of state': [
    { A: { Type: 'Magic' } },
    [
      'state "A": Type: is no state the local cloud runs: Task, Map, Parallel, Choice, Pass, Wait, Succeed, Fail',
    ],
  ],
  'a function by its ARN': [
    { A: task({ Resource: 'arn:aws:lambda:us-east-1:123456789012:function:f' }) },
    ['state "A": the local cloud calls functions as arn:aws:states:::lambda:invoke only'],
  ],
  'a callback': [
    { A: task({ Resource: `${LAMBDA}.waitForTaskToken` }) },
    [
      expect.stringContaining(
        'does not run the resource arn:aws:states:::lambda:invoke.waitForTaskToken',
      ) as string,
    ],
  ],
  'a service without a client': [
    { A: task({ Resource: 'arn:aws:states:::aws-sdk:sqs:sendMessage' }) },
    ['state "A": the local cloud has no SDK client of sqs; it has athena, dynamodb, glue, s3'],
  ],
  'an action a service has not': [
    { A: task({ Resource: 'arn:aws:states:::aws-sdk:s3:fly' }) },
    ['state "A": s3 has no action fly'],
  ],
  'an argument that is missing': [
    { A: task({ Arguments: {} }) },
    ['state "A": Arguments needs FunctionName'],
  ],
  'an argument that is not handed on': [
    { A: task({ Arguments: { FunctionName: 'f', Qualifier: '1' } }) },
    [
      'state "A": Arguments has Qualifier, which the local cloud does not hand on; it knows FunctionName, Payload',
    ],
  ],
  'a way to nowhere': [
    { A: pass({ Next: 'B' }) },
    ['state "A": it leads to "B", which is no state of the same level'],
  ],
  'a way out of an iteration': [
    { A: map(pass({ Next: 'A' })) },
    ['state "I": it leads to "A", which is no state of the same level'],
  ],
  'a state nobody leads to': [{ A: pass(), B: pass() }, ['state "B": no state leads to it']],
  'neither Next nor End': [{ A: pass({}) }, ['state "A": it needs either Next or End']],
  'both Next and End': [
    { A: pass({ Next: 'B', End: true }), B: pass() },
    ['state "A": it needs either Next or End'],
  ],
  'a wait for nothing': [
    { A: { Type: 'Wait', ...end } },
    ['state "A": it needs either Seconds or Timestamp'],
  ],
  'two states of one name': [
    { A: map(pass(), { End: false, Next: 'I' }), I: pass() },
    ['state "I": another state of the machine has its name'],
  ],
  'States.ALL among others': [
    { A: task({ Retry: [{ ErrorEquals: ['States.ALL', 'X'] }] }) },
    ['state "A": Retry: States.ALL stands alone, and in the last entry'],
  ],
  'States.ALL before others': [
    {
      A: task({
        Catch: [
          { ErrorEquals: ['States.ALL'], Next: 'B' },
          { ErrorEquals: ['X'], Next: 'B' },
        ],
      }),
      B: pass(),
    },
    ['state "A": Catch: States.ALL stands alone, and in the last entry'],
  ],
  'a rate below 1': [
    { A: task({ Retry: [{ ErrorEquals: ['X'], BackoffRate: 0.5 }] }) },
    ['state "A": Retry.0.BackoffRate: Too small: expected number to be >=1'],
  ],
  'a longest wait that is the first': [
    { A: task({ Retry: [{ ErrorEquals: ['X'], IntervalSeconds: 5, MaxDelaySeconds: 5 }] }) },
    ['state "A": Retry.0.MaxDelaySeconds: must be more than IntervalSeconds'],
  ],
  'a variable called states': [
    { A: pass({ ...end, Assign: { states: 1 } }) },
    [expect.stringContaining('state "A": Assign.states') as string],
  ],
  'a variable with a path': [
    { A: pass({ ...end, Assign: { 'x.y': 1 } }) },
    [expect.stringContaining('state "A": Assign.x.y') as string],
  ],
  'an inner scope that assigns what an outer has': [
    { A: pass({ Assign: { v: 1 }, Next: 'M' }), M: map(pass({ ...end, Assign: { v: 2 } })) },
    ['state "I": it assigns $v, which a scope around it has'],
  ],
  'an expression that does not parse': [
    { A: pass({ ...end, Output: { b: ['{% 1 + %}'] } }) },
    ['state "A": Output/b[0]: S0207: Unexpected end of expression'],
  ],
  'a field name without a start': [
    { A: pass({ ...end, Output: '{% input.a %}' }) },
    ['state "A": Output: "input" stands alone; start at $states.input or a variable'],
  ],
  'a context item at the top': [
    { A: pass({ ...end, Output: '{% $.a & $$.b %}' }) },
    ['state "A": Output: "$" has no value here; start at $states.input or a variable'],
  ],
  $eval: [
    { A: pass({ ...end, Output: '{% $eval("1") %}' }) },
    ['state "A": Output: Step Functions has no $eval; use $parse'],
  ],
  'a condition that is no expression': [
    { A: { Type: 'Choice', Choices: [{ Condition: 'true', Next: 'B' }] }, B: pass() },
    ['state "A": Choices.0.Condition: must be a JSONata expression: {% … %}'],
  ],
};

test.each(Object.entries(refused))('refuses %s', (_, [states, expected]) => {
  expect(ofStates(states)).toEqual(expected);
});

test('refuses a machine in JSONPath, which is the default', () => {
  const message =
    'QueryLanguage: must be JSONata: the local cloud does not run JSONPath, which is the default';

  expect(problems({ StartAt: 'A', States: { A: pass() } })).toEqual([message]);
  expect(problems({ StartAt: 'A', States: { A: pass() }, QueryLanguage: 'JSONPath' })).toEqual([message]);
});

test('refuses a start at nothing', () => {
  expect(ofStates({ B: pass() })).toEqual(['StartAt "A" is no state', 'state "B": no state leads to it']);
});
