import * as fc from 'fast-check';
import { parseFaultPlan, type FaultPlan } from '../../local/faults/plan.ts';

const API = '*api*';
const RELAY = '*relay*';

/** What may go wrong, each by chance. What costs time is limited in number, so that a run ends soon. */
const FAULTS: readonly object[] = [
  { on: 'dynamodb:TransactWriteItems', kind: 'throttle' },
  { on: 'dynamodb:TransactWriteItems', kind: 'error' },
  { on: 'dynamodb:TransactWriteItems', kind: 'lost-answer' },
  { on: 'dynamodb:TransactWriteItems', kind: 'slow', delayMs: 60 },
  { on: 'dynamodb:GetItem', kind: 'error' },
  { on: 'dynamodb:BatchGetItem', kind: 'lost-answer' },
  { on: 'dynamodb:PutItem', kind: 'lost-answer', limit: 2 },
  { on: 'firehose:PutRecordBatch', kind: 'throttle', limit: 6 },
  { on: 'firehose:PutRecordBatch', kind: 'error', limit: 6 },
  { on: 'firehose:PutRecordBatch', kind: 'partial', limit: 6 },
  { on: 'firehose:PutRecordBatch', kind: 'lost-answer', limit: 6 },
  { on: 's3:PutObject', kind: 'disk-full', limit: 5 },
  { on: 's3:PutObject', kind: 'error', limit: 3 },
  { on: 's3:PutObject', kind: 'lost-answer', limit: 3 },
  { on: 'lambda:Invoke', kind: 'throttle', of: API },
  { on: 'lambda:Invoke', kind: 'lost-answer', of: API },
  { on: 'lambda:Invoke', kind: 'kill-worker', of: API, limit: 1 },
  { on: 'lambda:Invoke', kind: 'error', of: RELAY, limit: 2 },
  { on: 'lambda:Invoke', kind: 'lost-answer', of: RELAY, limit: 2 },
  { on: 'lambda:Invoke', kind: 'kill-worker', of: RELAY, limit: 1 },
  { on: 'lambda:EventSourceMapping', kind: 'duplicate' },
  { on: 'lambda:EventSourceMapping', kind: 'reorder' },
];

const DEATHS: readonly object[] = [
  { on: 'dynamodb:TransactWriteItems', kind: 'kill-process' },
  { on: 'firehose:PutRecordBatch', kind: 'kill-process' },
  { on: 'lambda:Invoke', kind: 'kill-process', of: RELAY },
  { on: 's3:PutObject', kind: 'kill-process' },
];

const faults = fc
  .subarray([...FAULTS], { minLength: 1, maxLength: 7 })
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map((fault) =>
        fc.constantFrom(0.1, 0.3, 0.6).map((probability) => ({ ...fault, probability })),
      ),
    ),
  );

const death = fc.tuple(fc.constantFrom(...DEATHS), fc.integer({ min: 1, max: 4 })).map(([fault, call]) => ({
  ...fault,
  calls: [call],
}));

/** The one value an arbitrary gives for a seed. */
export const chosenBy = <T>(seed: number, arbitrary: fc.Arbitrary<T>): T =>
  fc.sample(arbitrary, { seed, numRuns: 1 })[0] as T;

/** What goes wrong in the run of a seed. In one of twenty the process dies. */
export const planOf = (seed: number): FaultPlan => {
  const chosen: readonly object[] = chosenBy(seed, faults);
  const deaths = seed % 20 === 7 ? [chosenBy(seed, death)] : [];
  return parseFaultPlan(JSON.stringify({ seed, faults: [...deaths, ...chosen] }));
};
