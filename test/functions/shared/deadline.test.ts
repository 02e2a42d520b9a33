import { expect, it } from 'vitest';
import { within } from '../../../functions/shared/deadline.ts';

it('work in time is answered', async () => {
  await expect(within(60_000, async () => 'done')).resolves.toBe('done');
});

it('work that does not end, such as a pause between tries, is given up when the time is over', async () => {
  await expect(within(0, () => new Promise(() => {}))).rejects.toMatchObject({ name: 'AbortError' });
});

it('work that fails, fails as it did', async () => {
  await expect(within(60_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
