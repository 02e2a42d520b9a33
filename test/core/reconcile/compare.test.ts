import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  judge,
  kindOf,
  type Candidate,
  type LakeState,
  type TableState,
} from '../../../core/reconcile/compare.ts';
import {
  bucketOf,
  createSums,
  differingBuckets,
  digestOf,
  stateText,
} from '../../../core/reconcile/digest.ts';

const digest = (version: number): string => String(digestOf(stateText('k', String(version))));

const table = (version: number): TableState => ({ version, digest: digest(version) });

const lake = (version: number, more: Partial<LakeState> = {}): LakeState => ({
  operation: 'modify',
  sequence: '1',
  version,
  digest: digest(version),
  wasRemoved: false,
  ...more,
});

describe('a key', () => {
  test.each([
    ['is equal when both have the same of it', table(2), lake(2), undefined],
    ['is equal when neither has it', null, undefined, undefined],
    ['is equal when the lake knows it as removed', null, lake(3, { operation: 'remove' }), undefined],
    ['is missing when the lake never heard of it', table(1), undefined, 'missing'],
    ['is missing when the lake takes it for removed', table(1), lake(2, { operation: 'remove' }), 'missing'],
    ['is stale when the lake has an older state', table(3), lake(2), 'stale'],
    ['is stale when the lake has a later state than there is', table(3), lake(4), 'stale'],
    ['is extra when only the lake has it', null, lake(1), 'extra'],
    ['is resurrected when the lake had it removed', null, lake(1, { wasRemoved: true }), 'resurrected'],
  ])('%s', (_, inTable, inLake, kind) => {
    expect(kindOf(inTable, inLake)).toBe(kind);
  });
});

describe('a candidate', () => {
  const candidate = (state: TableState): Candidate => ({ key: 'k', table: state, since: 1000 });

  test('differs when it stayed the same for long enough and the lake still has not', () => {
    const look = { table: table(2), asked: 6000, at: 9000, lake: lake(1) };
    expect(judge(candidate(table(2)), look, 5000)).toEqual({ verdict: 'differs', kind: 'stale' });
  });

  test('is looked at again before that', () => {
    const look = { table: table(2), asked: 5999, at: 9000, lake: lake(1) };
    expect(judge(candidate(table(2)), look, 5000)).toEqual({
      verdict: 'again',
      candidate: candidate(table(2)),
    });
  });

  test('that changed meanwhile begins its time anew', () => {
    const look = { table: table(9), asked: 59_000, at: 60_000, lake: lake(1) };
    expect(judge(candidate(table(2)), look, 5000)).toEqual({
      verdict: 'again',
      candidate: { key: 'k', table: table(9), since: 60_000 },
    });
  });

  test('that changes, and that the lake follows, is equal', () => {
    const look = { table: table(9), asked: 59_000, at: 60_000, lake: lake(5) };
    expect(judge(candidate(table(2)), look, 5000)).toEqual({ verdict: 'equal' });
  });

  test('that was removed while the lake was asked is equal', () => {
    const look = { table: null, asked: 59_000, at: 60_000, lake: lake(2) };
    expect(judge(candidate(table(2)), look, 5000)).toEqual({ verdict: 'equal' });
  });
});

/** A record's life: times at which it got each version; the last may be its removal. */
const life = fc.record({
  times: fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 8 }),
  removed: fc.boolean(),
});

describe('any record whose changes reach the lake in time', () => {
  test('is never called different, whenever it is looked at', () => {
    const patience = 5000;
    const lag = fc.integer({ min: 0, max: patience - 1 });
    const looks = fc.array(fc.integer({ min: 1, max: 8000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(life, lag, fc.integer({ min: 0, max: 100_000 }), looks, (one, delay, begin, pauses) => {
        const times = one.times.toSorted((a, b) => a - b);
        const versionAt = (time: number) => times.filter((change) => change <= time).length;
        const isRemoved = (version: number) => one.removed && version === times.length && version > 1;
        const tableAt = (time: number): TableState => {
          const version = versionAt(time);
          return version === 0 || isRemoved(version) ? null : table(version);
        };
        const lakeAt = (time: number): LakeState | undefined => {
          const version = versionAt(time - delay);
          if (version === 0) return undefined;
          return isRemoved(version) ? lake(version, { operation: 'remove' }) : lake(version);
        };
        let candidate: Candidate = { key: 'k', table: tableAt(begin), since: begin };
        let now = begin;
        for (const pause of pauses) {
          const asked = now + pause / 2;
          now += pause;
          const look = { table: tableAt(now), asked, at: now, lake: lakeAt(asked) };
          const verdict = judge(candidate, look, patience);
          expect(verdict.verdict).not.toBe('differs');
          if (verdict.verdict === 'equal') return;
          if (verdict.verdict === 'again') candidate = verdict.candidate;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('tables and lakes of any content', () => {
  const contents = fc.dictionary(fc.stringMatching(/^[a-z]{1,2}$/), fc.integer({ min: 1, max: 3 }));

  test('have exactly the differing keys in the buckets that differ', () => {
    const sumsOf = (content: Readonly<Record<string, number>>) => {
      const { add, sums } = createSums();
      for (const [key, version] of Object.entries(content))
        add(bucketOf(key), { count: 1, digest: digestOf(stateText(key, String(version))) });
      return sums;
    };
    fc.assert(
      fc.property(contents, contents, (one, other) => {
        const differing = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
          (key) => one[key] !== other[key],
        );
        const buckets = differingBuckets(sumsOf(one), sumsOf(other)).map(({ bucket }) => bucket);
        expect(buckets).toEqual([...new Set(differing.map(bucketOf))].toSorted());
      }),
    );
  });
});
