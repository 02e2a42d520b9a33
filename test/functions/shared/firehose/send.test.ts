import { expect, test } from 'vitest';
import { sendRecords } from '../../../../functions/shared/firehose/send.ts';
import { fakeFirehose, instantPatience, throttled, type Behaviour } from './fake-firehose.ts';

const recordsOf = (names: readonly string[]) =>
  names.map((name, first) => ({ data: Buffer.from(name), first, count: 1 }));

/** Behaves in each call as the list says, then takes everything. */
const inTurn = (turns: (readonly number[] | Error)[]): Behaviour => {
  const left = [...turns];
  return () => left.shift() ?? [];
};

test('only what was not taken is sent again', async () => {
  const { putBatch, calls } = fakeFirehose(inTurn([[1, 3], [0]]));

  const sent = await sendRecords(putBatch, 's', recordsOf(['a', 'b', 'c', 'd']), instantPatience());

  expect(calls.map(({ data }) => data)).toEqual([['a', 'b', 'c', 'd'], ['b', 'd'], ['b']]);
  expect(sent.failed).toEqual([]);
  expect(sent.taken.map(({ first }) => first)).toEqual([0, 1, 2, 3]);
});

test('a throttled call is sent again whole, later each time', async () => {
  const { putBatch, calls } = fakeFirehose(inTurn([throttled(), throttled(), throttled()]));
  const patience = instantPatience();

  const sent = await sendRecords(putBatch, 's', recordsOf(['a', 'b']), patience);

  expect(calls).toHaveLength(4);
  expect(patience.waits).toEqual([100, 200, 400]);
  expect(sent.failed).toEqual([]);
});

test('delays are random up to the growing bound', async () => {
  const { putBatch } = fakeFirehose(inTurn([throttled(), throttled()]));
  const rolls = [0.5, 0];
  const patience = instantPatience({ random: () => rolls.shift() ?? 1 });

  await sendRecords(putBatch, 's', recordsOf(['a']), patience);

  expect(patience.waits).toEqual([50, 0]);
});

test('it gives up after the last try and says what is left', async () => {
  const { putBatch, calls } = fakeFirehose(() => [0]);

  const sent = await sendRecords(putBatch, 's', recordsOf(['a', 'b']), instantPatience());

  expect(calls).toHaveLength(4);
  expect(sent.failed.map(({ first }) => first)).toEqual([0]);
  expect(sent.taken.map(({ first }) => first)).toEqual([1]);
});

test('it does not wait past the time it has', async () => {
  const { putBatch, calls } = fakeFirehose(() => throttled());
  const patience = instantPatience({ remaining: () => 150 });

  const sent = await sendRecords(putBatch, 's', recordsOf(['a']), patience);

  expect(calls).toHaveLength(2);
  expect(patience.waits).toEqual([100]);
  expect(sent.error).toMatchObject({ message: expect.stringContaining('ThrottlingException') });
});

test('an error that will not pass is not tried again', async () => {
  const { putBatch, calls } = fakeFirehose(() => new Error('ResourceNotFoundException'));

  const sent = await sendRecords(putBatch, 's', recordsOf(['a']), instantPatience());

  expect(calls).toHaveLength(1);
  expect(sent.failed).toHaveLength(1);
  expect(sent.error).toMatchObject({ message: 'ResourceNotFoundException' });
});

test('once a call is given up, later ones are not made', async () => {
  const names = Array.from({ length: 1100 }, (_, index) => String(index));
  const { putBatch, calls } = fakeFirehose((data) => (String(data[0]) === '500' ? [0] : []));

  const sent = await sendRecords(putBatch, 's', recordsOf(names), instantPatience({ maxTries: 1 }));

  expect(calls).toHaveLength(2);
  expect(sent.failed.map(({ first }) => first)).toEqual([
    500,
    ...Array.from({ length: 100 }, (_, index) => 1000 + index),
  ]);
});
