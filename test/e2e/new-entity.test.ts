import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeSchemas } from './schemas.ts';
import { makeFolder, removeFolder, runCli, startTailrace } from './tailrace.ts';

const COUPON = `
import { decimal, entity, timestamp, z } from '../core/schema/index.ts';

export const coupon = entity({
  name: 'coupon',
  description: 'A discount',
  key: ['campaign', 'code'],
  fields: {
    campaign: z.string().min(1),
    code: z.string().min(1),
    rate: decimal(5, 4),
    validFrom: timestamp(),
    limits: z.array(z.object({ country: z.string().min(1), uses: z.int() })).optional(),
  },
  indexes: { byCode: ['code'] },
});
`;

const folders = [makeFolder(), makeFolder()] as const;

afterAll(() => folders.forEach(removeFolder));

describe('a schema file that a user adds', () => {
  test('gets its API, table, lake and SQL with no other edit', async () => {
    const [schemas, dataDir] = [join(folders[0], 'schemas'), join(folders[0], 'data')];
    writeSchemas(schemas, 'coupon.ts', COUPON);
    const tailrace = await startTailrace({
      dataDir,
      marts: false,
      environment: { TAILRACE_SCHEMAS: schemas },
    });
    try {
      const coupon = {
        campaign: 'spring',
        code: 'S10',
        rate: '0.1000',
        validFrom: '1997-01-01T00:00:00Z',
        limits: [{ country: 'DE', uses: 3 }],
      };
      const created = await tailrace.call('POST', '/coupons', coupon);
      expect(created.status).toBe(201);
      const read = await tailrace.call('GET', '/coupons/spring/S10');
      expect(await read.json()).toMatchObject({ rate: '0.1000', validFrom: '1997-01-01T00:00:00.000Z' });
      const listed = (await (await tailrace.call('GET', '/coupons?code=S10')).json()) as { items: unknown[] };
      expect(listed.items).toHaveLength(1);
      const contract = (await (await fetch(`${tailrace.api}/openapi.json`)).json()) as { paths: object };
      expect(contract.paths).toHaveProperty(['/coupons/{campaign}/{code}']);

      await tailrace.flush();
      expect(
        await tailrace.sql('SELECT code, rate, year(valid_from) AS y, limits[1].uses AS uses FROM coupons'),
      ).toEqual([{ code: 'S10', rate: '0.1000', y: 1997, uses: 3 }]);
    } finally {
      await tailrace.stop();
    }
  });

  test('stops the start with file, field and cure when it is wrong', async () => {
    const [schemas, dataDir] = [join(folders[1], 'schemas'), join(folders[1], 'data')];
    writeSchemas(schemas, 'coupon.ts', COUPON.replace("byCode: ['code']", "byCode: ['color']"));
    const { code, stderr } = await runCli(['dev', '--port', '0', '--aws-port', '0', '--data', dataDir], {
      TAILRACE_SCHEMAS: schemas,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: .*coupon\.ts: coupon\.indexes\.byCode: there is no field "color"\. Use one of campaign, code/,
    );
  });
});
