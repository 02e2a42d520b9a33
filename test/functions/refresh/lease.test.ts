import { expect, test } from 'vitest';
import { releaseLease, takeLease } from '../../../functions/refresh/lease.ts';
import { memoryDocuments } from './memory-documents.ts';

const world = (running: string[] = []) => ({
  documents: memoryDocuments().documents,
  isRunning: async (execution: string) => running.includes(execution),
  now: () => new Date('2026-11-25T12:00:00Z'),
});

test('a lease is had by one: another is told who has it, and since when', async () => {
  const ports = world(['one']);

  expect(await takeLease(ports, 'one')).toEqual({ isOurs: true });
  expect(await takeLease(ports, 'two')).toEqual({
    isOurs: false,
    by: { execution: 'one', since: '2026-11-25T12:00:00.000Z' },
  });
});

test('whoever has it may ask again: a step may be done twice', async () => {
  const ports = world(['one']);
  await takeLease(ports, 'one');

  expect(await takeLease(ports, 'one')).toEqual({ isOurs: true });
});

test('a lease that was given back is free', async () => {
  const ports = world(['one', 'two']);
  await takeLease(ports, 'one');
  await releaseLease(ports, 'one');

  expect(await takeLease(ports, 'two')).toEqual({ isOurs: true });
});

test('the lease of an execution that runs no more is free, and it cannot give back what it lost', async () => {
  const ports = world(['two']);
  await takeLease(ports, 'one');

  expect(await takeLease(ports, 'two')).toEqual({ isOurs: true });
  await releaseLease(ports, 'one');
  expect(await takeLease(ports, 'three')).toMatchObject({ isOurs: false, by: { execution: 'two' } });
});

test('of many who ask at once, one gets it', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `execution ${index}`);
  const ports = world(names);

  const held = await Promise.all(names.map((name) => takeLease(ports, name)));

  expect(held.filter(({ isOurs }) => isOurs)).toHaveLength(1);
});
