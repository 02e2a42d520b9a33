import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaType } from '../../../core/client/schema-type.ts';
import { typesOf } from '../../../core/client/types.ts';
import { openApi } from '../../../core/openapi/document.ts';
import { entity, z } from '../../../core/schema/index.ts';
import { loadSchemas } from '../../../core/schema/load.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

describe('the type of a schema', () => {
  it.each([
    [{ type: 'string', format: 'date-time' }, 'string'],
    [{ type: 'integer' }, 'number'],
    [{ const: 'a "b"' }, `'a "b"'`],
    [{ const: "it's \\ \n" }, String.raw`'it\'s \\ \n'`],
    [{ type: 'string', enum: ['a', 'b'] }, `'a' | 'b'`],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{ type: 'array', items: { enum: ['a', 'b'] } }, `('a' | 'b')[]`],
    [{ type: 'array', items: { type: 'array', items: { type: 'number' } } }, 'number[][]'],
    [{ $ref: '#/components/schemas/Order' }, `components['schemas']['Order']`],
    [{ type: 'object', properties: {} }, 'Record<string, never>'],
    [{}, 'unknown'],
  ])('%j is %s', (schema, type) => {
    expect(schemaType(schema)).toBe(type);
  });

  it('of an object says what may be missing, and what each field means', () => {
    const schema = {
      type: 'object',
      properties: {
        id: { type: 'string' },
        'a-b': { type: 'boolean', description: 'Ends */ here' },
      },
      required: ['id'],
    };

    expect(schemaType(schema)).toBe("{\n  id: string;\n  /** Ends *\\/ here */\n  'a-b'?: boolean;\n}");
  });
});

describe('the types of an API', () => {
  const coupon = entity({
    name: 'coupon',
    description: 'A discount',
    fields: { code: z.string().min(1), used: z.boolean().default(false) },
    indexes: { byCode: ['code'] },
  });
  const types = typesOf(openApi([coupon], { title: 'Store', version: '1' }));

  it('have every path with its operations, and what these take and answer', () => {
    expect(types).toContain("/** Read one of coupons */\n    get: operations['readCoupon'];");
    expect(types).toContain(
      "requestBody: { content: { 'application/json': components['schemas']['CouponCreate'] } }",
    );
    expect(types).toContain("404: {\n        headers: { 'X-Request-Id'?: string };");
    expect(types).toContain('path: { id: string };');
    expect(types).toContain('CouponPatch: { code?: string; used?: boolean | null };');
  });

  it('are those the tests of the whole call the API with', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const store = openApi(await loadSchemas(join(ROOT, 'schemas')), { title: 'Tailrace', version });
    const kept = readFileSync(join(ROOT, 'test', 'e2e', 'contract.ts'), 'utf8');

    expect(kept, 'Run: npx tailrace types > test/e2e/contract.ts').toBe(typesOf(store));
  });
});
