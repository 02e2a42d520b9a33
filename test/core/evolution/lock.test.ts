import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lockPath, readLock, writeLock } from '../../../core/evolution/lock-file.ts';
import { EMPTY_LOCK, type Lock } from '../../../core/evolution/lock.ts';
import { lockedSchemas, nextLock } from '../../../core/evolution/make.ts';
import { lockText } from '../../../core/evolution/text.ts';
import { breakWarning } from '../../../core/evolution/warning.ts';
import { decimal, entity, id, money, timestamp, z } from '../../../core/schema/index.ts';
import { loadSchemaFiles, type Schema } from '../../../core/schema/load.ts';

const SCHEMAS = resolve(import.meta.dirname, '..', '..', '..', 'schemas');

const folder = mkdtempSync(join(tmpdir(), 'tailrace-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const parcel = (fields: Record<string, z.core.$ZodType>, subject?: string): Schema =>
  entity({ name: 'parcel', description: 'Something that is sent', fields, ...(subject ? { subject } : {}) });

const locked = (...schemas: Schema[]): Lock['schemas'] =>
  lockedSchemas(new Map(schemas.map((schema) => [schema, `schemas/${schema.name}.ts`])));

/** What the lock has of one field, as it stands in the file. */
const lineOf = (schema: z.core.$ZodType): string =>
  /"x": (.*?),?\n/.exec(lockText({ ...EMPTY_LOCK, schemas: locked(parcel({ x: schema }, 'id')) }))?.[1] ?? '';

describe('the lock', () => {
  test.each([
    [z.string(), '{ "type": "string" }'],
    [
      z.string().min(1).max(9).optional(),
      '{ "type": "string", "minLength": 1, "maxLength": 9, "presence": "optional" }',
    ],
    [z.int().gt(0).default(1), '{ "type": "integer", "minimum": 1, "presence": "default" }'],
    [z.number().gt(0).multipleOf(0.5), '{ "type": "number", "exclusiveMinimum": 0, "multipleOf": [0.5] }'],
    [
      z.enum(['b', 'a']).meta({ readOnly: true }),
      '{ "type": "string", "enum": ["a", "b"], "readOnly": true }',
    ],
    [
      z.string().regex(/^a/i).meta({ personal: true }),
      '{ "type": "string", "pattern": ["/^a/i"], "personal": true }',
    ],
    [
      z.iso.date().meta({ personal: { lake: 'year', reason: 'for ages' } }),
      '{ "type": "date", "personal": "year" }',
    ],
    [z.string().startsWith('a'), '{ "type": "string", "pattern": ["/^a.*/"] }'],
    [z.url({ protocol: /^https$/ }), '{ "type": "string", "format": ["url"], "pattern": ["/^https$/"] }'],
    [z.int().refine((n) => n > 2), '{ "type": "integer", "custom": ["(n) => n > 2"] }'],
    [timestamp(), '{ "type": "timestamp" }'],
    [money().meta({ immutable: true }), '{ "type": "money", "immutable": true }'],
    [decimal(10, 2), '{ "type": "decimal", "precision": 10, "scale": 2 }'],
    [z.iso.date(), '{ "type": "date" }'],
    [z.int().meta({ unit: 'g', description: 'Weight', example: 7 }), '{ "type": "integer", "unit": "g" }'],
  ])('has a field on a line: case %#', (schema, line) => {
    expect(lineOf(schema)).toBe(line);
  });

  test('has nested fields below theirs, names in order, and a column where it has another name', () => {
    const lines = z.array(z.object({ sku: id(), itemCount: z.int() })).max(3);
    const text = lockText({ ...EMPTY_LOCK, schemas: locked(parcel({ b: lines, a: z.boolean() })) });

    expect(text.slice(text.indexOf('"fields"'))).toBe(`"fields": {
        "a": { "type": "boolean" },
        "b": {
          "type": "array",
          "maxItems": 3,
          "items": {
            "type": "object",
            "fields": {
              "itemCount": { "type": "integer", "column": "item_count" },
              "sku": { "type": "string", "pattern": ["/^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/"] }
            }
          }
        },
        "createdAt": { "type": "timestamp", "column": "created_at", "readOnly": true },
        "id": { "type": "string", "pattern": ["/^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/"], "readOnly": true },
        "updatedAt": { "type": "timestamp", "column": "updated_at", "readOnly": true },
        "version": { "type": "integer", "minimum": 1, "readOnly": true }
      }
    }
  },
  "retired": {},
  "accepted": []
}
`);
  });

  test('of the store stands in its file as it would be written', async () => {
    const lock = await readLock(SCHEMAS);

    expect(lock).toBeDefined();
    expect(lockText(lock as Lock)).toBe(readFileSync(join(SCHEMAS, 'schema.lock.json'), 'utf8'));
  });

  test('is written whole and read again; where there is none, there is none', async () => {
    expect(await readLock(folder)).toBeUndefined();
    const lock = nextLock(undefined, locked(parcel({ note: z.string() })));
    await writeLock(folder, lock);

    expect(await readLock(folder)).toEqual(lock);
    expect(lockPath(folder)).toMatch(/schema\.lock\.json$/);
  });
});

describe('a lock after breaks', () => {
  const first = nextLock(undefined, locked(parcel({ note: z.string(), size: z.int() })));
  const second = nextLock(first, locked(parcel({ size: z.string() })), 'notes are for letters');

  test('keeps the reason, and the columns that files of the log still have', () => {
    expect(second.accepted).toEqual([
      {
        reason: 'notes are for letters',
        breaks: [
          'parcel.note: is gone (stored items, API clients, the lake)',
          'parcel.size: type: integer → string (stored items, API clients, the lake)',
          'parcel.version: is 1 still, and items of it do not fit (stored items)',
        ],
      },
    ]);
    expect(second.retired).toEqual({ parcel: { note: ['string'], size: ['integer'] } });
  });

  test('keeps them over further changes, until a column is back as it was', () => {
    const third = nextLock(second, locked(parcel({})), 'nor have they a size');
    const back = nextLock(third, locked(parcel({ note: z.string().optional() })));

    expect(third.retired).toEqual({ parcel: { note: ['string'], size: ['integer', 'string'] } });
    expect(back.retired).toEqual({ parcel: { size: ['integer', 'string'] } });
    expect(back.accepted.map(({ reason }) => reason)).toEqual([
      'notes are for letters',
      'nor have they a size',
    ]);
  });

  test('keeps those of an entity that is gone', () => {
    expect(nextLock(first, {}, 'no more parcels').retired).toEqual({
      parcel: {
        id: ['string'],
        note: ['string'],
        size: ['integer'],
        version: ['integer'],
        created_at: ['timestamp'],
        updated_at: ['timestamp'],
      },
    });
  });
});

describe('a synthesis', () => {
  test('warns of schemas that break their lock, and of nothing else', async () => {
    const files = await loadSchemaFiles(SCHEMAS);
    cpSync(join(SCHEMAS, 'schema.lock.json'), join(folder, 'schema.lock.json'));
    const fewer = new Map([...files].filter(([{ name }]) => name !== 'customer'));

    expect(await breakWarning(folder, files)).toBeUndefined();
    expect(await breakWarning(join(folder, 'none'), files)).toBeUndefined();
    expect(await breakWarning(folder, fewer)).toMatch(
      /^warning: .* at customer\. "tailrace schema check" says/,
    );
  });
});
