import { describe, expect, test } from 'vitest';
import {
  completed,
  NOTHING_MERGED,
  openDay,
  unmerged,
  withMerged,
  type Watermark,
} from '../../../../core/lake/state/watermark.ts';

const file = (name: string, etag = 'a') => ({ name, size: 1, etag });

const watermark = (day: string, ...merged: ReturnType<typeof file>[]): Watermark => ({
  ...NOTHING_MERGED,
  day,
  merged,
});

describe('a watermark', () => {
  test('leaves to be merged what is not, in order of name', () => {
    const mark = watermark('2026-11-24', file('dt=2026-11-24/b'));
    const listed = ['dt=2026-11-25/a', 'dt=2026-11-24/c', 'dt=2026-11-24/b'].map((name) => file(name));

    expect(unmerged(mark, listed).map(({ name }) => name)).toEqual(['dt=2026-11-24/c', 'dt=2026-11-25/a']);
  });

  test('leaves to be merged a file that was written again', () => {
    const mark = watermark('2026-11-24', file('dt=2026-11-24/b', 'old'));

    expect(unmerged(mark, [file('dt=2026-11-24/b', 'new')])).toHaveLength(1);
    expect(withMerged(mark, [file('dt=2026-11-24/b', 'new')], new Date()).merged).toEqual([
      file('dt=2026-11-24/b', 'new'),
    ]);
  });

  test('leaves out days that are closed, and objects that are no files of a day', () => {
    const mark = watermark('2026-11-24');

    expect(unmerged(mark, [file('dt=2026-11-23/a'), file('readme')])).toEqual([]);
  });

  test('goes on to the first day that may still get files, and forgets the files before', () => {
    const mark = watermark('2026-11-20', file('dt=2026-11-20/a'), file('dt=2026-11-24/b'));

    const next = completed({ ...mark, isPublished: true }, new Date('2026-11-25T12:00:00Z'));

    expect(next).toMatchObject({ day: '2026-11-24', isPublished: false, merged: [file('dt=2026-11-24/b')] });
  });

  test('never goes back, whatever the clock says, and stays published when nothing changed', () => {
    const mark = { ...watermark('2026-11-24'), isPublished: true };

    expect(completed(mark, new Date('2026-11-20T00:00:00Z'))).toMatchObject({
      day: '2026-11-24',
      isPublished: true,
    });
  });

  test.each([
    ['2026-11-25T01:59:59Z', '2026-11-23'],
    ['2026-11-25T02:00:00Z', '2026-11-24'],
    ['2026-11-25T23:59:59Z', '2026-11-24'],
  ])('keeps a day open for 26 hours after its end: at %s it is %s', (at, day) => {
    expect(openDay(new Date(at))).toBe(day);
  });
});
