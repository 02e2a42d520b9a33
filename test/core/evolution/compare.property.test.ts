import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBreak } from '../../../core/evolution/change.ts';
import { changesSince } from '../../../core/evolution/compare.ts';
import { EMPTY_LOCK, lockSchema, type Lock } from '../../../core/evolution/lock.ts';
import { lockedSchemas, nextLock } from '../../../core/evolution/make.ts';
import { lockText } from '../../../core/evolution/text.ts';
import { applyPatch } from '../../../core/http/patch.ts';
import { columnType } from '../../../core/lake/column-type.ts';
import type { Field, FieldType } from '../../../core/schema/field-type.ts';
import { entity, z, type Entity } from '../../../core/schema/index.ts';
import { createSchema, recordSchema } from '../../../core/schema/record.ts';
import { upgraded, type UpgradeStep } from '../../../core/schema/upgrade.ts';
import { recordsOf, sampleOf, shapeOf, someFields, versions, type Specs } from './specs.ts';

const thing = (fields: Specs, step?: UpgradeStep): Entity =>
  entity({
    name: 'thing',
    description: 'Anything',
    fields: shapeOf(fields),
    ...(step ? { version: 2, upgrade: { 1: step } } : {}),
  });

const locked = (made: Entity): Lock['schemas'] => lockedSchemas(new Map([[made, 'schemas/thing.ts']]));

const SYSTEM = {
  id: 't1',
  version: 1,
  createdAt: '2026-11-22T13:00:00.000Z',
  updatedAt: '2026-11-22T13:00:00.000Z',
};

/** A step that makes any record fit: what fits stays, what does not is another value, and what is no field is gone. */
const mending =
  (fields: Specs): UpgradeStep =>
  ({ id, version, createdAt, updatedAt, ...record }) => {
    const shape = shapeOf(fields);
    const mended: Record<string, unknown> = { id, version, createdAt, updatedAt };
    for (const [name, { spec, presence }] of Object.entries(fields)) {
      const fits = z.safeParse(shape[name] as z.ZodType, record[name]).success;
      if (record[name] !== undefined && fits) mended[name] = record[name];
      else if (record[name] !== undefined || presence === 'required') mended[name] = sampleOf(spec);
    }
    return mended;
  };

const whole = (fields: Specs, seed: number) =>
  recordsOf(fields, 'whole', seed).map((own) => ({ ...SYSTEM, ...own }));

/** What the columns of some fields hold, by path. */
const leavesOf = (path: string, type: FieldType): [string, string][] => {
  if (type.type === 'array') return leavesOf(`${path}[]`, type.items);
  if (type.type === 'object') return columnsOf(type.fields, `${path}.`);
  return [[path, columnType(type)]];
};
const columnsOf = (fields: readonly Field[], at = ''): [string, string][] =>
  fields.flatMap(({ column, type }) => leavesOf(`${at}${column}`, type));

/** Whether a client that knows some fields finds in a record all it was promised. */
const isReadable = (fields: readonly Field[], promised: z.ZodObject, record: unknown): boolean => {
  const known = z.safeParse(promised, pick(fields, record), { reportInput: true });
  return known.success || known.error.issues.every(({ code }) => code !== 'invalid_type');
};

const pick = (fields: readonly Field[], value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = fields.map(
    ({ name, type }) => [name, pickType(type, (value as Record<string, unknown>)[name])] as const,
  );
  return Object.fromEntries(entries.filter(([, part]) => part !== undefined));
};
const pickType = (type: FieldType, value: unknown): unknown => {
  if (type.type === 'object') return pick(type.fields, value);
  return type.type === 'array' && Array.isArray(value)
    ? value.map((item) => pickType(type.items, item))
    : value;
};

/** How many of some values a schema refuses. */
const refused = (schema: z.ZodObject, values: readonly unknown[]): unknown[] =>
  values.filter((value) => !schema.safeParse(value).success);

test('whoever was served before a change that passes is served after it', { timeout: 120_000 }, () => {
  const count = { changed: 0, patched: 0 };
  fc.assert(
    fc.property(versions, fc.boolean(), fc.integer(), ([old, fresh], isStepped, seed) => {
      const [before, after] = [thing(old), thing(fresh, isStepped ? mending(fresh) : undefined)];
      const changes = changesSince({ ...EMPTY_LOCK, schemas: locked(before) }, locked(after));
      if (changes.some(isBreak)) return;
      count.changed += Number(changes.length > 0);
      const [was, is] = [recordSchema(before), recordSchema(after)];
      const stored = whole(old, seed);
      const now = stored.map((record) => upgraded(after, record, 1));
      const requests = recordsOf(old, 'request', seed);

      expect(refused(was, stored)).toEqual([]);
      expect(refused(is, now)).toEqual([]);
      expect(refused(createSchema(before), requests)).toEqual([]);
      expect(refused(createSchema(after), requests)).toEqual([]);
      for (const [index, patch] of requests.entries()) {
        const patched = applyPatch(before, stored[index] ?? {}, patch);
        if (!patched.record || refused(was, [patched.record]).length > 0) continue;
        const { record, issues } = applyPatch(after, now[index] ?? {}, patch);
        expect([issues, refused(is, [record])]).toEqual([undefined, []]);
        count.patched += 1;
      }
      const answers = whole(fresh, seed).map((record) => is.parse(record));
      expect(answers.filter((answer) => !isReadable(before.fields, was, answer))).toEqual([]);
      expect(columnsOf(after.fields)).toEqual(expect.arrayContaining(columnsOf(before.fields)));
    }),
    { numRuns: 600 },
  );
  expect(count.changed).toBeGreaterThan(120);
  expect(count.patched).toBeGreaterThan(200);
});

test('a schema compared with itself is clean, and its lock comes back from its file', () => {
  fc.assert(
    fc.property(someFields, (fields) => {
      const [one, same] = [thing(fields), thing(Object.fromEntries(Object.entries(fields).toReversed()))];
      const lock = nextLock(undefined, locked(one));
      const text = lockText(lock);
      const read = lockSchema.parse(JSON.parse(text));

      expect(read).toEqual(lock);
      expect(changesSince(read, locked(one))).toEqual([]);
      expect(changesSince(read, locked(same))).toEqual([]);
      expect(lockText(nextLock(read, locked(same)))).toBe(text);
    }),
    { numRuns: 100 },
  );
});
