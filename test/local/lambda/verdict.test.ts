import { describe, expect, it } from 'vitest';
import { batchLength } from '../../../local/lambda/event-source-mapping/record.ts';
import { nextStep, verdictOf } from '../../../local/lambda/event-source-mapping/verdict.ts';

const record = (n: number) => ({
  position: String(n),
  sequenceNumber: `10000000000000000000${n}`,
  createdMs: 0,
  json: '{}',
  bytes: 2,
});
const RECORDS = [1, 2, 3, 4].map(record);
const failures = (...identifiers: unknown[]) => ({
  payload: { batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) },
});

describe('the answer of a function that reports batch item failures', () => {
  it.each([
    ['null', { payload: null }],
    ['an empty answer', { payload: {} }],
    ['an empty list', { payload: { batchItemFailures: [] } }],
    ['no list', { payload: { batchItemFailures: null } }],
  ])('%s is complete success', (_, result) => {
    expect(verdictOf(result, RECORDS, true)).toEqual({ kind: 'success' });
  });

  it.each([
    ['an empty identifier', failures('')],
    ['a null identifier', failures(null)],
    ['no identifier', { payload: { batchItemFailures: [{ itemIdentifer: RECORDS[1]?.sequenceNumber }] } }],
    ['an identifier of another batch', failures(RECORDS[1]?.sequenceNumber, '999')],
    ['a null entry', { payload: { batchItemFailures: [null] } }],
    ['a list that is none', { payload: { batchItemFailures: 'x' } }],
    ['an answer that is no object', { payload: 'ok' }],
    ['an error', { payload: { batchItemFailures: [] }, functionError: 'Unhandled' as const }],
  ])('%s is complete failure', (_, result) => {
    expect(verdictOf(result, RECORDS, true)).toEqual({ kind: 'failure' });
  });

  it('goes on from the lowest of several', () => {
    const result = failures(RECORDS[3]?.sequenceNumber, RECORDS[1]?.sequenceNumber);

    expect(verdictOf(result, RECORDS, true)).toEqual({ kind: 'partial', index: 1 });
  });

  it('does not count where the mapping did not ask for it', () => {
    expect(verdictOf(failures(''), RECORDS, false)).toEqual({ kind: 'success' });
  });
});

describe('what comes next', () => {
  const batch = { records: RECORDS, retries: 1, invocations: 2 };

  it('after a partial failure without bisection uses up a retry', () => {
    const step = nextStep({ bisect: false, maxRetries: 5 }, batch, { kind: 'partial', index: 2 });

    expect(step).toEqual({
      processed: 2,
      discard: false,
      next: [{ records: RECORDS.slice(2), retries: 2, invocations: 0 }],
      backoff: true,
    });
  });

  it('after a partial failure with bisection is the rest, and uses up none', () => {
    const step = nextStep({ bisect: true, maxRetries: 1 }, batch, { kind: 'partial', index: 2 });

    expect(step).toMatchObject({
      processed: 2,
      discard: false,
      next: [{ records: RECORDS.slice(2), retries: 1 }],
    });
  });

  it('after a failure with bisection is both halves, in order', () => {
    const step = nextStep({ bisect: true, maxRetries: 1 }, batch, { kind: 'failure' });

    expect(step.next.map(({ records }) => records)).toEqual([RECORDS.slice(0, 2), RECORDS.slice(2)]);
    expect(step.next.map(({ retries }) => retries)).toEqual([1, 1]);
  });

  it('is to give up when the retries are used up', () => {
    const step = nextStep({ bisect: false, maxRetries: 1 }, batch, { kind: 'failure' });

    expect(step).toEqual({ processed: 0, discard: true, next: [], backoff: false });
  });

  it('is to try again without end where there is no limit', () => {
    const step = nextStep(
      { bisect: false, maxRetries: undefined },
      { ...batch, retries: 1e6 },
      { kind: 'failure' },
    );

    expect(step).toMatchObject({ discard: false, backoff: true });
  });
});

describe('the length of a batch', () => {
  it('counts the event around the records and the commas between them', () => {
    const two = Buffer.byteLength('{"Records":[{},{}]}');

    expect(batchLength(RECORDS, { batchSize: 10 }, two)).toBe(2);
    expect(batchLength(RECORDS, { batchSize: 10 }, two - 1)).toBe(1);
    expect(batchLength(RECORDS, { batchSize: 3 }, 1000)).toBe(3);
  });
});
