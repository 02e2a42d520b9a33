import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatch, patchableFields, sameJson, type PlainRecord } from '../../../core/http/patch.ts';
import { entity, money, z } from '../../../core/schema/index.ts';

const parcel = entity({
  name: 'parcel',
  description: 'Something sent',
  fields: {
    sender: z.string().meta({ immutable: true }),
    note: z.string().optional(),
    tags: z.array(z.string()).default([]),
    value: money().optional(),
    address: z.object({
      street: z.string(),
      storey: z.int().optional(),
      code: z.string().optional().meta({ readOnly: true }),
    }),
    items: z.array(z.object({ name: z.string(), weight: z.int().meta({ readOnly: true }) })),
  },
});
const record = {
  id: 'p1',
  sender: 'Ada',
  note: 'Fragile',
  tags: ['a'],
  value: { amount: 5, currency: 'EUR' },
  address: { street: 'Main', storey: 2, code: 'X' },
  items: [{ name: 'cup', weight: 1 }],
  version: 1,
};
const patched = (patch: PlainRecord) => applyPatch(parcel, record, patch).record;
const refused = (patch: PlainRecord) =>
  applyPatch(parcel, record, patch).issues?.map(({ pointer }) => pointer);

describe('applyPatch', () => {
  it('sets what it names and leaves the rest', () => {
    expect(patched({ note: 'Heavy' })).toEqual({ ...record, note: 'Heavy' });
    expect(patched({})).toEqual(record);
  });

  it('removes what is null, if it is optional', () => {
    expect(patched({ note: null, tags: null, address: { storey: null } })).toEqual({
      ...record,
      note: undefined,
      tags: undefined,
      address: { street: 'Main', code: 'X' },
    });
    expect(refused({ address: null, items: null })).toEqual(['/address', '/items']);
    expect(refused({ address: { street: null } })).toEqual(['/address/street']);
  });

  it('merges objects and replaces arrays', () => {
    expect(patched({ address: { street: 'Side' }, value: { amount: 7 }, tags: ['b', 'c'] })).toEqual({
      ...record,
      address: { street: 'Side', storey: 2, code: 'X' },
      value: { amount: 7, currency: 'EUR' },
      tags: ['b', 'c'],
    });
  });

  it('names each field it may not change, at any depth', () => {
    expect(
      refused({
        id: 'p2',
        sender: 'Bob',
        version: 2,
        colour: 'red',
        address: { code: 'Y', planet: 'Mars' },
        items: [{ name: 'pot', weight: 2 }],
      }),
    ).toEqual([
      '/id',
      '/sender',
      '/version',
      '/colour',
      '/address/code',
      '/address/planet',
      '/items/0/weight',
    ]);
  });

  it('leaves the record it was given as it was', () => {
    const before = structuredClone(record);
    applyPatch(parcel, record, { address: { storey: null }, tags: [], value: { amount: 1 } });

    expect(record).toEqual(before);
  });

  it('does the same twice as once', () => {
    const patch = fc.record(
      {
        note: fc.option(fc.string()),
        tags: fc.option(fc.array(fc.string())),
        value: fc.record({ amount: fc.integer(), currency: fc.string() }, { requiredKeys: [] }),
        address: fc.record({ street: fc.string(), storey: fc.option(fc.integer()) }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(patch, (change) => {
        const once = patched(change) ?? {};

        expect(applyPatch(parcel, once, change).record).toEqual(once);
      }),
    );
  });

  it('may change what patchableFields lists', () => {
    expect(patchableFields(parcel).map(({ name }) => name)).toEqual([
      'note',
      'tags',
      'value',
      'address',
      'items',
    ]);
  });
});

describe('sameJson', () => {
  it('compares values, not the order of keys', () => {
    expect(sameJson({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] })).toBe(true);
  });

  it('agrees with itself after a round trip, and tells any change', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(sameJson(value, JSON.parse(JSON.stringify(value)))).toBe(true);
        expect(sameJson({ value }, { value: [value] })).toBe(false);
      }),
    );
  });
});
