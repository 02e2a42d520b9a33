import { expect, test } from 'vitest';
import {
  clearedColumns,
  eraseStatements,
  keptColumns,
  mergedQuestion,
} from '../../../../core/lake/erase/statements.ts';
import { entity, id, timestamp, z } from '../../../../core/schema/index.ts';
import { customer } from '../../../../schemas/customer.ts';
import { product } from '../../../../schemas/product.ts';

const visit = entity({
  name: 'visit',
  description: 'Somebody was here',
  key: ['guestId', 'arrivedAt'],
  fields: {
    guestId: id(),
    arrivedAt: timestamp(),
    bornOn: z.iso
      .date()
      .optional()
      .meta({ personal: { lake: 'year' } }),
    passport: z
      .string()
      .optional()
      .meta({ personal: { lake: 'drop' } }),
    rooms: z.array(z.object({ number: z.int(), wish: z.string().meta({ personal: true }) })),
  },
  subject: 'guestId',
});

test('the rows of a person are cleared, rewritten and freed of their past, table by table', () => {
  const { rewrite, expire } = eraseStatements(customer, 'lake', "o'c1");

  expect(rewrite.slice(0, 3)).toEqual([
    `UPDATE "lake"."customers_current" SET "email" = NULL, "name" = NULL WHERE "id" = 'o''c1' AND ("email" IS NOT NULL OR "name" IS NOT NULL)`,
    "ALTER TABLE `lake`.`customers_current` SET TBLPROPERTIES ('optimize_rewrite_delete_file_threshold'='1', 'vacuum_max_snapshot_age_seconds'='1')",
    'OPTIMIZE "lake"."customers_current" REWRITE DATA USING BIN_PACK',
  ]);
  expect(expire.slice(0, 2)).toEqual([
    'VACUUM `lake`.`customers_current`',
    "ALTER TABLE `lake`.`customers_current` SET TBLPROPERTIES ('optimize_rewrite_delete_file_threshold'='2', 'vacuum_max_snapshot_age_seconds'='86400')",
  ]);
  expect([rewrite.length, expire.length]).toEqual([6, 4]);
});

test('what is personal in parts stays sealed, what the lake has not got is not cleared', () => {
  expect([clearedColumns(visit), keptColumns(visit)]).toEqual([['born_on'], ['rooms']]);
});

test('an entity of nobody needs no statement', () => {
  expect(eraseStatements(product, 'lake', 'c1')).toEqual({ rewrite: [], expire: [] });
});

test('a change has arrived when the history has it and current state is as new', () => {
  const question = mergedQuestion(visit, 'lake', {
    awaited: [
      {
        key: { guestId: 'g1', arrivedAt: '2026-11-26T10:00:00.000Z' },
        did: 'deleted',
        version: 3,
      },
    ],
    since: '2026-11-26T00:00:00.000Z',
  });

  expect(question).toContain(
    `WHEN v."guest_id" = 'g1' AND v."arrived_at" = TIMESTAMP '2026-11-26 10:00:00.000' AND v."change_operation" = 'remove' AND v."change_version" >= 3 THEN 0`,
  );
  expect(question).toContain('c."guest_id" = v."guest_id" AND c."arrived_at" = v."arrived_at"');
  expect(question).toContain(`v."change_time" >= TIMESTAMP '2026-11-26 00:00:00.000'`);
});
