import { describe, expect, it } from 'vitest';
import { chunks, median, medianRatio, percentile } from '../../bench/statistics.ts';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('takes the nearest rank: %f of 1 to 100 is %i', (share, expected) => {
    expect(percentile(hundred, share)).toBe(expected);
  });

  it('sorts as numbers, not as text', () => {
    expect(percentile([10, 9, 100], 0.5)).toBe(10);
  });

  it('is NaN of nothing', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('median', () => {
  it('is the middle of an odd count', () => {
    expect(median([9, 1, 10])).toBe(9);
  });

  it('is the mean of the middle two of an even count', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('is NaN of nothing', () => {
    expect(median([])).toBeNaN();
  });
});

describe('the median ratio', () => {
  it('is of pairs: what slows both of a pair does not show', () => {
    expect(medianRatio([2, 20, 200], [1, 10, 100])).toBe(2);
  });

  it('is hardly moved by one pair that was disturbed', () => {
    expect(medianRatio([2, 90, 2, 2, 2], [1, 1, 1, 1, 1])).toBe(2);
  });
});

describe('chunks', () => {
  it('leaves the last one shorter', () => {
    expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  });
});
