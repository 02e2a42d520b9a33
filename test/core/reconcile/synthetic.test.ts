import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeRow } from '../../../core/lake/change-row.ts';
import {
  BEFORE_ALL,
  snapshotRecord,
  tombstoneWriter,
  winningSequence,
} from '../../../core/reconcile/synthetic.ts';
import { entity, timestamp, z } from '../../../core/schema/index.ts';

const note = entity({
  name: 'note',
  description: 'A note',
  key: ['author', 'writtenAt'],
  fields: { author: z.string().min(1), writtenAt: timestamp(), text: z.string() },
});

const image = (version: number) => ({
  author: { S: 'Ann "A"' },
  writtenAt: { S: '2026-11-26T01:02:03.456Z' },
  text: { S: 'x' },
  version: { N: String(version) },
  createdAt: { S: '2026-11-26T01:02:03.456Z' },
  updatedAt: { S: '2026-11-26T01:02:03.456Z' },
});

const place = { sequence: BEFORE_ALL, time: Date.parse('2026-11-26T02:00:00.900Z'), key: 'k', run: 'r' };

const rowOf = (version: number, more = {}) => {
  const row = changeRow(note)(snapshotRecord(image(version), { ...place, ...more }));
  if (!row.ok) throw new Error(JSON.stringify(row.issues));
  return JSON.parse(row.json) as Record<string, unknown>;
};

describe('a row of a backfill', () => {
  test('is the row the relay would make, before all changes, known as a snapshot', () => {
    expect(rowOf(3)).toMatchObject({
      change_operation: 'snapshot',
      change_sequence: '0'.repeat(40),
      change_version: 3,
      change_time: '2026-11-26 02:00:00.000',
      change_event_id: expect.stringMatching(/^snapshot:r:0:3:/) as string,
      author: 'Ann "A"',
      text: 'x',
    });
  });

  test('has the event id of no other row, and the same when it is made twice', () => {
    const id = (version: number, more = {}) => rowOf(version, more).change_event_id;

    expect(id(3)).toBe(id(3));
    expect(new Set([id(3), id(4), id(3, { key: 'l' }), id(3, { run: 's' })]).size).toBe(4);
  });
});

describe('a tombstone', () => {
  test('has the key and nothing else of the record, at the version after the one it ends', () => {
    const key = { author: 'Ann "A"', writtenAt: '2026-11-26T01:02:03.456Z' };
    const row = tombstoneWriter(note)(key, 7, { ...place, sequence: '12'.padStart(40, '0') });

    expect(JSON.parse(row)).toEqual({
      change_operation: 'remove',
      change_expired: false,
      change_sequence: '12'.padStart(40, '0'),
      change_version: 8,
      change_time: '2026-11-26 02:00:00.000',
      change_schema_version: 1,
      change_event_id: expect.stringMatching(/^snapshot:r:12:8:/) as string,
      author: 'Ann "A"',
      written_at: '2026-11-26 01:02:03.456',
    });
  });
});

describe('a repair', () => {
  const beats = (one: readonly [string, number], other: readonly [string, number]): boolean =>
    one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);

  test('stands before all when the lake has nothing', () => {
    expect(winningSequence(5, undefined)).toBe(BEFORE_ALL);
  });

  test('beats what the lake has, and loses to every change to come', () => {
    const version = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 39n }),
        version,
        version,
        version,
        (own, inLake, inTable, step) => {
          const sequence = own.toString().padStart(40, '0');
          const repaired = [winningSequence(inTable, { sequence, version: inLake }), inTable] as const;
          const next = [(own + 1n).toString().padStart(40, '0'), inTable + step] as const;

          expect(beats(repaired, [sequence, inLake])).toBe(true);
          expect(beats(next, repaired)).toBe(true);
        },
      ),
    );
  });
});
