import { expect, it } from 'vitest';
import { takeTurns } from '../../bench/api/turns.ts';

const order = async (rounds: number): Promise<string[]> => {
  const made: string[] = [];
  const maker = (name: string) => async () => void made.push(name);
  for (let round = 0; round < rounds; round += 1)
    await takeTurns({ a: maker('a'), b: maker('b'), c: maker('c') }, round);
  return made;
};

it('each is made once a round, and each goes first as often as the others', async () => {
  expect(await order(3)).toEqual(['a', 'b', 'c', 'b', 'c', 'a', 'c', 'a', 'b']);
});

it('what fails ends the round', async () => {
  await expect(takeTurns({ bad: () => Promise.reject(new Error('no')) }, 0)).rejects.toThrow('no');
});
