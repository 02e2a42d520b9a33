import { describe, expect, test } from 'vitest';
import { eraseDefinition } from '../../../lib/erase/definition.ts';
import { StateError } from '../../../local/states/interpreter/errors.ts';
import type { Json } from '../../../local/states/json.ts';
import { trace } from '../../local/states/trace.ts';

const definition = eraseDefinition({
  functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:erase',
  sweepArn: 'arn:aws:lambda:us-east-1:123456789012:function:sweep',
  workgroup: 'refresh',
  database: 'lake',
});

/** What a task is given: a step, a function to call, or a statement. */
interface Given {
  readonly Payload?: { step: string; tries?: number };
  readonly FunctionName?: string;
  readonly QueryString?: string;
}

type Answers = Readonly<Record<string, readonly object[]>>;

const STEADY: Answers = {
  begin: [{ status: 'begun' }],
  records: [{ isDone: true }],
  await: [{ isDone: true }],
  arrived: [{ isProgress: true }],
  quarantine: [{ removed: 0 }],
  lake: [{ statements: ['UPDATE'], expire: ['VACUUM'] }],
  cleared: [{}],
  marts: [{ isDone: true }],
  report: [{ isDone: true, status: 'erased', signed: {} }],
};

/** Runs the machine; a step gives its answers one after the other, and the last one again. Tells what was called, in order. */
const run = async (answers: Answers = {}, athena: (sql: string) => void = () => {}) => {
  const calls: string[] = [];
  const tries: unknown[] = [];
  const asked = new Map<string, number>();
  const step = ({ step: name, tries: turn }: { step: string; tries?: number }): Json => {
    calls.push(name);
    if (name === 'await') tries.push(turn);
    const all = answers[name] ?? STEADY[name] ?? [];
    const count = asked.get(name) ?? 0;
    asked.set(name, count + 1);
    return { Payload: (all[count] ?? all.at(-1)) as Json };
  };
  const traced = await trace(definition, {
    input: { subject: 'c1' },
    task: ({ parameters }) => {
      const { Payload, QueryString, FunctionName = '' } = parameters as unknown as Given;
      if (Payload) return step(Payload);
      calls.push(QueryString ?? FunctionName.slice(FunctionName.lastIndexOf(':') + 1));
      if (QueryString === undefined) return {};
      athena(QueryString);
      return { QueryExecution: { QueryExecutionId: 'q1' } };
    },
  });
  return { ...traced, calls, tries };
};

describe('an erasure', () => {
  test('destroys the key and the records first, and clears the lake when it has them', async () => {
    const { outcome, output, calls, slept } = await run();

    expect(outcome.status).toBe('SUCCEEDED');
    expect(output).toMatchObject({ status: 'erased' });
    expect(calls.join(' ')).toBe(
      'begin records await sweep quarantine lake UPDATE VACUUM cleared marts report',
    );
    expect(slept).toEqual([2]);
  });

  test('of somebody nobody knows does nothing', async () => {
    const { output, calls } = await run({ begin: [{ status: 'unknown' }] });

    expect([output, calls]).toEqual([{ status: 'unknown' }, ['begin']]);
  });

  test('waits for its changes, longer each time nothing of them comes', async () => {
    const open = { isDone: false, seconds: 7, sql: 'SELECT merged', positions: [0, 1] };
    const { calls, tries, slept } = await run({
      await: [open, open, open, open, { isDone: true }],
      arrived: [{ isProgress: false }, { isProgress: false }, { isProgress: true }, { isProgress: false }],
    });

    expect(tries).toEqual([0, 1, 2, 0, 1]);
    expect(calls.filter((call) => call === 'SELECT merged')).toHaveLength(4);
    expect(slept).toEqual([7, 7, 7, 7, 2]);
  });

  test('goes on with records until none is left, those that came meanwhile too', async () => {
    const { calls } = await run({
      records: [{ isDone: false }, { isDone: true }],
      report: [{ isDone: false }, { isDone: true, status: 'erased' }],
    });

    expect(calls.filter((call) => call === 'records')).toHaveLength(3);
    expect(calls.filter((call) => call === 'UPDATE')).toHaveLength(2);
  });

  test('tries a statement again that met another commit', async () => {
    let met = 0;
    const { outcome, calls } = await run({}, (sql) => {
      if (sql !== 'UPDATE' || (met += 1) > 2) return;
      throw new StateError('States.TaskFailed', 'ICEBERG_COMMIT_ERROR: somebody was faster');
    });

    expect(outcome.status).toBe('SUCCEEDED');
    expect(calls.filter((call) => call === 'UPDATE')).toHaveLength(3);
  });
});
