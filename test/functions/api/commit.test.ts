import { describe, expect, it } from 'vitest';
import { commit, decide, type Write } from '../../../functions/api/commit.ts';
import type { Service } from '../../../functions/api/service.ts';
import { TransactionRefused, WriteConflict } from '../../../functions/api/store-errors.ts';

const write = (refusal: Write['refusal'] = () => undefined): Write => ({
  item: { Update: { TableName: 't', Key: {}, UpdateExpression: '' } },
  refusal,
});

/** A service whose transactions end as told, and the pauses it made. */
const serviceOf = (...ends: (Error | undefined)[]) => {
  const pauses: number[] = [];
  const service = {
    wait: async (milliseconds: number) => void pauses.push(milliseconds),
    store: {
      transact: async () => {
        const end = ends.length > 1 ? ends.shift() : ends[0];
        if (end) throw end;
      },
    },
  } as unknown as Service;
  return { service, pauses, left: () => ends.length };
};

describe('a commit', () => {
  it('answers what the first refused write means', async () => {
    const refused = new TransactionRefused([1, 2].map((position) => ({ position, item: undefined })));
    const means = (text: string) => write(() => new Error(text));

    await expect(
      commit(serviceOf(refused).service, [means('first'), means('second'), means('third')]),
    ).rejects.toThrow('second');
  });
});

describe('a decision', () => {
  const stale = new TransactionRefused([{ position: 0, item: undefined }]);

  it('is made anew when what it was made on has changed', async () => {
    const { service } = serviceOf(stale, stale, undefined);
    let decided = 0;
    const answer = await decide(service, async () => {
      decided += 1;
      await commit(service, [write(), write()]);
      return decided;
    });

    expect(answer).toBe(3);
  });

  it('is made anew when another transaction was in the way', async () => {
    const { service, pauses, left } = serviceOf(
      new WriteConflict('busy'),
      new WriteConflict('busy'),
      undefined,
    );
    let decided = 0;
    await decide(service, async () => {
      decided += 1;
      await commit(service, [write(), write()]);
    });

    expect({ decided, pauses: pauses.length, left: left() }).toEqual({ decided: 3, pauses: 2, left: 1 });
  });

  it.each([
    ['a conflict when what it was made on always changes', stale, 'conflict'],
    ['a request to come again when others are always in the way', new WriteConflict('busy'), 'unavailable'],
  ])('gives up with %s', async (_what, end, code) => {
    const { service, pauses } = serviceOf(end);

    await expect(decide(service, () => commit(service, [write(), write()]))).rejects.toMatchObject({ code });
    expect(pauses).toHaveLength(15);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(400);
  });
});
