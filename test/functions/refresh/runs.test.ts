import { describe, expect, test } from 'vitest';
import { RUNS_KEY, runsSchema, type Run } from '../../../core/lake/state/runs.ts';
import { keepRun } from '../../../functions/refresh/runs.ts';
import { memoryDocuments } from './memory-documents.ts';

const AT = '2026-11-25T12:00:00.000Z';
const run = (execution: string): Run => ({ execution, startedAt: AT, endedAt: AT, outcomes: [] });

const executionsOf = async ({ documents }: ReturnType<typeof memoryDocuments>) => {
  const found = await documents.read(RUNS_KEY);
  return runsSchema.parse(found?.value).runs.map(({ execution }) => execution);
};

describe('the last refreshes', () => {
  test('are kept, the newest first, and one whose step was done twice once', async () => {
    const memory = memoryDocuments();

    for (const execution of ['one', 'two', 'two']) await keepRun(memory.documents, run(execution));

    expect(await executionsOf(memory)).toEqual(['two', 'one']);
  });

  test('are no more than 48', async () => {
    const memory = memoryDocuments();

    for (let number = 0; number < 60; number += 1) await keepRun(memory.documents, run(`run ${number}`));

    const kept = await executionsOf(memory);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([48, 'run 59', 'run 12']);
  });

  test('of two that end at once are both kept', async () => {
    const memory = memoryDocuments();

    await Promise.all([keepRun(memory.documents, run('one')), keepRun(memory.documents, run('two'))]);

    expect((await executionsOf(memory)).toSorted()).toEqual(['one', 'two']);
  });

  test('are begun anew where something else was written', async () => {
    const memory = memoryDocuments();
    await memory.documents.write(RUNS_KEY, { runs: 'none' }, undefined);

    await keepRun(memory.documents, run('one'));

    expect(await executionsOf(memory)).toEqual(['one']);
  });
});
